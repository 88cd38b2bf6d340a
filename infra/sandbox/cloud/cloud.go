// Package cloud is what the sandbox knows of AWS and Google Cloud beyond the schema: for each resource type, which
// references it makes, which names are unique, what the cloud refuses and what it adds.
//
// Each rule copies documented behaviour of the real service and cites the page, with the service's own error code. A
// rule that the real service does not have makes the sandbox stricter than the cloud; a missing one makes it laxer:
// both are bugs of the sandbox.
package cloud

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Resource is one live resource of the world.
type Resource struct {
	Provider string // "aws" or "gcp"
	Account  string // the AWS account or Google Cloud project
	Region   string // "global" for the types of global services
	Type     string // the Pulumi type token
	ID       string // the Pulumi ID, as the real provider makes it
	URN      string
	Inputs   property.Map
	Outputs  property.Map // inputs included
}

// Text is the string output of that name, "" where there is none.
func (r Resource) Text(name string) string { return Text(r.Outputs, name) }

// World is what a rule may ask of the world. It is read within the transaction of the call, so what it answers still
// holds when the call commits.
type World interface {
	// Find is the resource of that type whose output `by` ("id" for its Pulumi ID) has that value, in that account and
	// region ("global" for global types).
	Find(token, account, region, by, value string) (Resource, bool)
	// List is every resource of that type in that account and region; region "" means everywhere, account "" that of
	// every account as well.
	List(token, account, region string) []Resource
	// Count is how many resources List would give.
	Count(token, account, region string) int
	// Retained is what deletions of resources of that type left behind in that account and region and has not expired;
	// region "" means everywhere.
	Retained(token, account, region string) []Retained
}

// Retained is what a deletion leaves behind: the final snapshot of a database, a key or secret pending deletion. It is
// no live resource: nothing refers to it, but it may hold a name.
type Retained struct {
	Type    string // what it is: the Pulumi type token, for a final snapshot that of the snapshot
	ID      string
	Name    string // the name it holds
	Region  string
	Account string
	Until   time.Time // when the cloud removes it; zero for never
}

// Call is one create, update or delete that a rule judges.
type Call struct {
	World   World
	Account string
	Region  string // the provider's region
	Type    *Type
	URN     string
	ID      string       // of the resource itself; on create what Type.ID made, set before anything else is asked
	Inputs  property.Map // checked inputs with the provider's defaults; on delete those of the last create or update
	Old     *Resource    // the resource before an update or delete; nil on create
	Now     time.Time    // the world's clock
	Quotas  Quotas       // those of the account that are not what every account has
}

// Type is how the cloud treats one resource type.
type Type struct {
	Token string
	// Global types live once for all regions (IAM, Route 53).
	Global bool
	// ID makes the Pulumi ID of a new resource, in the form the real provider gives it ("vpc-0a1b…", a name, an ARN).
	ID func(*Call) string
	// References are the properties that name other resources.
	References []Reference
	// Unique are the properties no two resources may share.
	Unique []Unique
	// Refuse is what the cloud refuses on create and update beyond references and unique names; nil where nothing is.
	Refuse func(*Call) error
	// Computed are the outputs that the cloud adds or fills in; inputs are outputs already.
	Computed func(*Call) map[string]property.Value
	// Adjusts are the resources that the cloud changes by itself when it creates or updates this one, as they are
	// afterwards; nil where it changes none.
	Adjusts func(*Call) []Resource
	// RefuseDelete is what the cloud refuses on delete beyond "still referenced"; nil where nothing is.
	RefuseDelete func(*Call) error
	// Retains is what a delete leaves behind; nil where nothing is.
	Retains func(*Call) []Retained
}

// Reference says that a property names another resource: it must exist when it is used, and cannot be deleted while it
// is used.
type Reference struct {
	// Property is the path of the property, "vpcId", "subnetIds[*]",
	// "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId".
	Property string
	// To is the type it names, By the output of that type whose value it holds: "id" (the Pulumi ID), "arn", "name", ….
	To, By string
	// When says whether a value of the property is such a reference at all: nil means that each is. A route's
	// gatewayId, for instance, may be an internet gateway's ID or the word "local". Empty and unknown values never are.
	When func(value string) bool
	// Or are other resources that may be named instead, as a VPC's own default security group may be where a security
	// group is. InUse speaks of To only.
	Or []Target
	// Region is where it must be; empty means the call's own region (or global where To is global). "any" follows the
	// value itself, as an ARN of another region does.
	Region string
	// NotFound is the error where it does not exist; %s is the value.
	NotFound Error
	// InUse is the error where the named resource is deleted while this refers to it; %s is the named resource's ID.
	// Empty where the real service allows that.
	InUse Error
}

// Target is a kind of resource and the output by which it is named.
type Target struct {
	To, By string
}

// Unique says that a property's value may exist once: within account and region, or wider.
type Unique struct {
	Property string
	Scope    UniqueScope
	Taken    Error // %s is the value
}

// UniqueScope is how far a unique name reaches.
type UniqueScope int

const (
	// PerRegion is unique within an account and region.
	PerRegion UniqueScope = iota
	// PerAccount is unique within an account, over all regions.
	PerAccount
	// Worldwide is unique over all accounts, as S3's bucket names are.
	Worldwide
)

// KnownRegion says whether AWS has a region of that name that the sandbox has too.
func KnownRegion(name string) bool { return len(zones(name)) > 0 }

// Error is an error as the service words it.
type Error struct {
	Service   string // "EC2", "RDS", "ELBv2": as in "operation error RDS: CreateDBInstance"
	Operation string // the API's operation, "CreateSubnet"
	Status    int    // the HTTP status, 400 where unset
	Code      string // "InvalidVpcID.NotFound"
	Message   string // may hold %s, the value that is refused
}

// With is the error with its %s filled in.
func (e Error) With(value string) Error {
	e.Message = strings.ReplaceAll(e.Message, "%s", value)
	return e
}

// Error is worded as the AWS SDK words it: "operation error EC2: CreateSubnet, https response error StatusCode: 400,
// api error InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist". Google's errors are worded as Google words them:
// "googleapi: Error 409: The requested bucket name is not available., conflict".
func (e Error) Error() string {
	status := e.Status
	if status == 0 {
		status = 400
	}
	if e.Service == string(google) {
		return fmt.Sprintf("googleapi: Error %d: %s, %s", status, e.Message, e.Code)
	}
	return fmt.Sprintf("operation error %s: %s, https response error StatusCode: %d, api error %s: %s",
		e.Service, e.Operation, status, e.Code, e.Message)
}

// Text is the string at a top-level property, "" where it is absent, unknown or no string. A secret's string counts.
func Text(m property.Map, name string) string {
	if v := m.Get(name); v.IsString() {
		return v.AsString()
	}
	return ""
}
