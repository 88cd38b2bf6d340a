package iamdoc

// Effect is what a statement does.
type Effect string

const (
	// Allow is the default.
	Allow Effect = "Allow"
	// Deny overrides every Allow.
	Deny Effect = "Deny"
)

// Document is a policy document. Its version is always 2012-10-17.
type Document struct {
	Statements []Statement
}

// Statement allows or denies actions.
type Statement struct {
	// Sid identifies the statement within its document: letters and digits. Default: none.
	Sid string
	// Effect is Allow by default.
	Effect Effect
	// Principals are who the statement is about; required in trust and resource policies, refused in identity policies.
	Principals Principals
	// Actions are what the statement covers, "service:Action" or "*".
	Actions []string
	// NotActions cover everything but these; for a Deny, instead of Actions. An Allow with it is refused.
	NotActions []string
	// Resources are ARNs or "*"; required except in trust and repository policies, which refuse them.
	Resources []string
	// Conditions must all hold. Default: none.
	Conditions Conditions
}

// Unknown may stand, or begin, wherever an ARN may: it is how Pulumi writes a string that a preview does not know.
const Unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// Principals are who a statement is about. At least one field is set where principals are required.
type Principals struct {
	// Anyone is "*". An Allow for anyone must carry a condition.
	Anyone bool
	// AWS are account numbers or IAM ARNs.
	AWS []string
	// Services are service principals, "ecs-tasks.amazonaws.com".
	Services []string
	// Federated are identity providers, by ARN or name, "accounts.google.com".
	Federated []string
}

// Conditions are the values that a condition key must have, by operator and key:
// {"StringEquals": {"aws:SourceAccount": {"123456789012"}}}.
type Conditions map[Operator]map[string][]string

// Operator is a condition operator. A "ForAllValues:" or "ForAnyValue:" before it and an "IfExists" after it are
// allowed.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type Operator string

// The operators that documents need most; any other one of AWS's is valid too.
const (
	StringEquals    Operator = "StringEquals"
	StringNotEquals Operator = "StringNotEquals"
	StringLike      Operator = "StringLike"
	ArnEquals       Operator = "ArnEquals"
	ArnLike         Operator = "ArnLike"
	Bool            Operator = "Bool"
)
