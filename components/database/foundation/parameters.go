package foundation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// parameterFamily and parameterSuffix change together: a group of another family has another name.
const (
	parameterFamily = "mysql8.0"
	parameterSuffix = "-mysql80"
)

// parameter is a setting of the engine. RDS wants booleans of an instance as "0" and "1".
type parameter struct {
	name, value string
	// static parameters take effect when the instance restarts, as it does on creation.
	static bool
}

// parameters are what differs from RDS's own defaults.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.require-ssl.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQL.Generallog.html
var parameters = []parameter{
	{name: "require_secure_transport", value: "1"},
	{name: "tls_version", value: "TLSv1.2,TLSv1.3", static: true},
	{name: "local_infile", value: "0"},
	{name: "character_set_server", value: "utf8mb4"},
	{name: "collation_server", value: "utf8mb4_unicode_ci"},
	// Any row that could be written can be restored from a dump, and so can triggers and functions.
	// https://dev.mysql.com/doc/refman/8.0/en/packet-too-large.html
	// https://dev.mysql.com/doc/refman/8.0/en/stored-programs-logging.html
	{name: "max_allowed_packet", value: "1073741824"}, // bytes, the most there is
	{name: "log_bin_trust_function_creators", value: "1"},
	{name: "slow_query_log", value: "1"},
	{name: "long_query_time", value: "2"}, // seconds
	{name: "log_output", value: "FILE"},   // the only place that RDS exports logs from
}

func (p parameter) args() rds.ParameterGroupParameterArgs {
	method := "immediate"
	if p.static {
		method = "pending-reboot"
	}
	return rds.ParameterGroupParameterArgs{
		Name:        pulumi.String(p.name),
		Value:       pulumi.String(p.value),
		ApplyMethod: pulumi.String(method),
	}
}

func parameterGroup(
	ctx *pulumi.Context, name string, args Args, opts []pulumi.ResourceOption,
) (*rds.ParameterGroup, error) {
	part := args.Part + parameterSuffix
	var list rds.ParameterGroupParameterArray
	for _, p := range parameters {
		list = append(list, p.args())
	}
	group, err := rds.NewParameterGroup(ctx, name+"-parameters", &rds.ParameterGroupArgs{
		Name:        pulumi.String(args.Scope.Name(part)),
		Description: pulumi.String("The parameters of the " + args.Part + " of " + args.Scope.Stack),
		Family:      pulumi.String(parameterFamily),
		Parameters:  list,
		Tags:        args.tags(part, naming.Internal),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("parameter group: %w", err)
	}
	return group, nil
}
