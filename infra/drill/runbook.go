package drill

import (
	"fmt"
	"strings"
)

// Runbook is the page of a scenario for people, made from its steps.
func (s Scenario) Runbook() []byte {
	var text strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	say("# %s\n", s.Title)
	say("Made from the steps of `haven drill %s`: whoever changes one changes the other.\n", s.Name)
	say("**Lost:** %s.\n\n**Still there:** %s.\n", s.Lost, s.Kept)
	say("**Told by:** an alarm whose name has `%s` in it, within %s.\n", strings.Join(s.alarms, "` and one with `"), s.patience)
	say("| | step | a person | haven |\n|---|---|---|---|")
	for i, step := range s.Steps {
		say("| %d | %s | %s | %s |", i+1, step.Name, step.Person, step.Haven)
	}
	say("\n## In a real account\n")
	if s.live == nil {
		say("Not drilled there: %s.", s.spared)
		return []byte(text.String())
	}
	say("In earnest: %s.\n", s.live.verbs)
	say("`haven drill %s --env ENV --account` loses nothing there: it brings everybody back beside what serves them. "+
		"No user is led anywhere, and no replica promoted.\n", s.Name)
	say("| | step | a person | haven |\n|---|---|---|---|")
	for i, step := range s.live.steps() {
		say("| %d | %s | %s | %s |", i+1, step.Name, step.Person, step.Haven)
	}
	return []byte(text.String())
}
