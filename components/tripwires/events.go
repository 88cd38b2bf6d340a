package tripwires

import "strings"

// tripwire is a kind of event that somebody should hear of.
type tripwire struct {
	part     string // of names
	severity severity
	pattern  string
	// events is how many within five minutes raise the alarm.
	events int
	demand string // what has happened, and what to do first
}

type severity string

const (
	critical severity = "critical"
	warning  severity = "warning"
	info     severity = "info"
)

// all are in the order of CIS's controls.
var all = []tripwire{
	{"unauthorized-calls", warning, `{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}`, 10,
		"Calls were refused again and again: find out who tries what they may not."},
	{"sign-in-without-mfa", warning, `{($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")` +
		` && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success")}`, 1,
		"A user signed in without a second factor: give the user one."},
	{"root-use", critical, `{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS` +
		` && $.eventType !="AwsServiceEvent"}`, 1,
		"The root user was used: find out by whom, and end its sessions if nobody knows."},
	{"policy-changes", info, from("iam.amazonaws.com", "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy",
		"PutGroupPolicy", "PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion",
		"DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy",
		"AttachGroupPolicy", "DetachGroupPolicy"), 1,
		"Permissions were changed: see that an update did it."},
	{"trail-changes", critical, named("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"), 1,
		"The audit trail was changed: see that it still records, then who did it."},
	{"failed-sign-ins", warning, `{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}`, 3,
		"Sign-ins failed again and again: ask the user, and lock the user if it was somebody else."},
	{"key-changes", critical, from("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion"), 1,
		"A key was disabled or will be deleted, and its data with it: cancel that unless it is meant."},
	{"bucket-policy-changes", info, from("s3.amazonaws.com", "PutBucketAcl", "PutBucketPolicy", "PutBucketCors",
		"PutBucketLifecycle", "PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle",
		"DeleteBucketReplication"), 1,
		"What buckets allow or keep was changed: see that an update did it."},
	{"recorder-changes", critical, from("config.amazonaws.com", "StopConfigurationRecorder", "DeleteDeliveryChannel",
		"PutDeliveryChannel", "PutConfigurationRecorder"), 1,
		"A recorder was changed: see that it still records, then who did it."},
	{"security-group-changes", info, named("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress",
		"RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"), 1,
		"Who reaches whom was changed: see that an update did it."},
	{"network-acl-changes", info, named("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl",
		"DeleteNetworkAclEntry", "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"), 1,
		"Who reaches whom was changed: see that an update did it."},
	{"gateway-changes", info, named("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway",
		"CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"), 1,
		"The way to the internet was changed: see that an update did it."},
	{"route-changes", info, from("ec2.amazonaws.com", "CreateRoute", "CreateRouteTable", "ReplaceRoute",
		"ReplaceRouteTableAssociation", "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"), 1,
		"Routes were changed: see that an update did it."},
	{"vpc-changes", info, named("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection",
		"CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection", "AttachClassicLinkVpc",
		"DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"), 1,
		"A network was made, ended or connected: see that an update did it."},
	{"organization-changes", warning, from("organizations.amazonaws.com", "AcceptHandshake", "AttachPolicy",
		"CreateAccount", "CreateOrganizationalUnit", "CreatePolicy", "DeclineHandshake", "DeleteOrganization",
		"DeleteOrganizationalUnit", "DeletePolicy", "DetachPolicy", "DisablePolicyType", "EnablePolicyType",
		"InviteAccountToOrganization", "LeaveOrganization", "MoveAccount", "RemoveAccountFromOrganization",
		"UpdatePolicy", "UpdateOrganizationalUnit"), 1,
		"The organization was changed: see who did it, and whether the account still belongs to it."},
}

// named matches any call of one of these names.
func named(events ...string) string { return "{" + anyOf(events) + "}" }

// from matches such a call of one service.
func from(source string, events ...string) string {
	return "{($.eventSource=" + source + ") && (" + anyOf(events) + ")}"
}

func anyOf(events []string) string {
	tests := make([]string, len(events))
	for i, event := range events {
		tests[i] = "($.eventName=" + event + ")"
	}
	return strings.Join(tests, " || ")
}
