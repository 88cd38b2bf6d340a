package rules

import "github.com/pulumi/pulumi/sdk/v3/go/property"

// Severity is how bad a failure is.
type Severity string

// The severities, the worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Severities are all of them, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

// Rule is one demand on each resource of its types.
type Rule struct {
	// ID is its name in configuration, exceptions and reports: "rds-storage-encrypted".
	ID string
	// Title is what it demands, in one line.
	Title    string
	Severity Severity
	// Frameworks are the ids that others gave to the same demand: "CKV_AWS_16", "AWS-0080", "RDS.3", "CIS-AWS-5.0:2.2.1".
	Frameworks []string
	// Controls are the promises in controls.yaml that it supports.
	Controls []string
	// Types are the type tokens of the resources that it is about. What is about a whole stack, such as that something
	// exists in it, is about [Stack].
	Types []string
	// Whole says that it looks at more than its own resource. It then waits until the whole stack is known; only such
	// a rule may ask for its graph.
	Whole bool
	// Parameters are the values that configuration may change, by name, with what they are otherwise: strings, numbers,
	// booleans, or lists of strings.
	Parameters map[string]property.Value
	// Check looks at one resource, and refuses what is wrong. What it does not refuse has passed.
	Check func(*Look)
}

// Stack is the type of the resource that stands for a whole stack.
const Stack = "pulumi:pulumi:Stack"
