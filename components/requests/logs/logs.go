// Package logs is how load balancers and firewalls write down requests: the tables that read their logs are made from
// it, and so is what reads the same lines elsewhere.
//
// It is pure: no Pulumi, no cloud SDK.
package logs

import "strings"

// Column is a column of a table: its name and Athena's type.
// https://docs.aws.amazon.com/athena/latest/ug/data-types.html
type Column struct{ Name, Type string }

// Balancer are the fields of a line of a load balancer's access log, in their order.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
var Balancer = []Column{
	{"type", "string"},
	{"time", "string"},
	{"elb", "string"},
	{"client_ip", "string"},
	{"client_port", "int"},
	{"target_ip", "string"},
	{"target_port", "int"},
	{"request_processing_time", "double"},
	{"target_processing_time", "double"},
	{"response_processing_time", "double"},
	{"elb_status_code", "int"},
	{"target_status_code", "string"},
	{"received_bytes", "bigint"},
	{"sent_bytes", "bigint"},
	{"request_verb", "string"},
	{"request_url", "string"},
	{"request_proto", "string"},
	{"user_agent", "string"},
	{"ssl_cipher", "string"},
	{"ssl_protocol", "string"},
	{"target_group_arn", "string"},
	{"trace_id", "string"},
	{"domain_name", "string"},
	{"chosen_cert_arn", "string"},
	{"matched_rule_priority", "string"},
	{"request_creation_time", "string"},
	{"actions_executed", "string"},
	{"redirect_url", "string"},
	{"lambda_error_reason", "string"},
	{"target_port_list", "string"},
	{"target_status_code_list", "string"},
	{"classification", "string"},
	{"classification_reason", "string"},
	{"conn_trace_id", "string"},
}

// BalancerLine is the regular expression of such a line, a group for each of [Balancer]; fields that are added at its
// end later do no harm. It is read alike by Java, which Athena uses, and by Go.
// https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table.html
var BalancerLine = strings.Join([]string{
	`([^ ]*) ([^ ]*) ([^ ]*)`,
	`([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*)`,
	`([-.0-9]*) ([-.0-9]*) ([-.0-9]*)`,
	`([-0-9]*) ([-0-9]*) ([-0-9]*) ([-0-9]*)`,
	`"([^ ]*) (.*) (- |[^ ]*)" "([^"]*)"`,
	`([^ ]*) ([^ ]*) ([^ ]*)`,
	`"([^"]*)" "([^"]*)" "([^"]*)"`,
	`([-.0-9]*) ([^ ]*)`,
	`"([^"]*)" "([^"]*)" "([^"]*)"`,
	`"([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)" ?([^ ]*)(?: .*)?`,
}, " ")

// Firewall are the fields of a line of a firewall's log that say who asked for what, and what became of it. The lines
// are JSON and hold more.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
var Firewall = []Column{
	{"timestamp", "bigint"},
	{"webaclid", "string"},
	{"terminatingruleid", "string"},
	{"terminatingruletype", "string"},
	{"action", "string"},
	{"responsecodesent", "int"},
	{"httpsourcename", "string"},
	{"httpsourceid", "string"},
	{"httprequest", "struct<clientip:string,country:string,headers:array<struct<name:string,value:string>>," +
		"uri:string,args:string,httpversion:string,httpmethod:string,requestid:string>"},
	{"labels", "array<struct<name:string>>"},
}
