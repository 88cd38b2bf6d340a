package config

import "fmt"

// joinAccount looks for the account that a cell's alarms go to.
func (s *fileSet) joinAccount(cell *file) {
	const path = "cell.alerts"
	wanted := cell.stack.Cell.Alerts
	found := s.named(wanted)
	switch {
	case wanted == "":
	case found == nil:
		cell.refuse(path, wanted, "the stack name of an account that has a file", "name the account's stack, or leave it out")
	case found.stack.Role != RoleAccount && found.stack.Role != "":
		cell.refuse(path, wanted, fmt.Sprintf("the stack name of an account; that is a %s", found.stack.Role),
			"name the account's stack, or leave it out")
	}
}
