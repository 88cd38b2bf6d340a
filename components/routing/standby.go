package routing

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/certificate"
	"haven/components/naming"
)

// Standby is the cell that takes the host over. All that a take-over needs is there beforehand: the host's certificate at
// the standby's listener, a second record, and a latch that says which of the two is answered with. To publish 1 to the
// latch's metric takes over, 0 gives back; both are calls in the standby's region, and change no control plane.
//
// https://aws.amazon.com/blogs/networking-and-content-delivery/creating-disaster-recovery-mechanisms-using-amazon-route-53/
type Standby struct {
	// Region is the standby's, Recovery its provider.
	Region   string
	Recovery *aws.Provider
	// ListenerARN is the standby's HTTPS listener.
	ListenerARN pulumi.StringInput
	// LoadBalancerDNSName and LoadBalancerZoneID are what the second record is an alias of.
	LoadBalancerDNSName, LoadBalancerZoneID pulumi.StringInput
	// TopicARN, of the standby's region, is told when the host is taken over and when it is given back. Default: nobody is
	// told.
	TopicARN pulumi.StringInput
}

// Latch is the metric that a take-over is published to.
type Latch struct {
	Region, Namespace, Metric string
	Dimensions                map[string]string
	// Alarm is the name of the alarm on it.
	Alarm string
}

const (
	latchNamespace = "Haven/Recovery"
	latchMetric    = "TakenOver"
	latchDimension = "Stack"
	latchPart      = "taken-over"
)

// latch is the standby's.
func (a Args) latch() *Latch {
	return &Latch{
		Region: a.Standby.Region, Namespace: latchNamespace, Metric: latchMetric,
		Dimensions: map[string]string{latchDimension: a.Scope.Stack},
		Alarm:      a.Scope.Name(latchPart),
	}
}

func (s *Standby) check(problems *arguments.Problems) {
	problems.Require("Standby.Region", s.Region != "")
	problems.Require("Standby.Recovery", s.Recovery != nil)
	problems.Require("Standby.ListenerARN", s.ListenerARN != nil)
	problems.Require("Standby.LoadBalancerDNSName", s.LoadBalancerDNSName != nil)
	problems.Require("Standby.LoadBalancerZoneID", s.LoadBalancerZoneID != nil)
}

// there are the options of what is made in the standby's region.
func (r *Routing) there(args Args) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(r), pulumi.Provider(args.Standby.Recovery)}
}

// takeOver declares what a take-over needs at the standby, but for the records.
func (r *Routing) takeOver(ctx *pulumi.Context, name string, args Args) error {
	if args.Standby == nil {
		return nil
	}
	r.Latch = args.latch()
	if err := r.standbyCertificate(ctx, name, args); err != nil {
		return fmt.Errorf("standby: %w", err)
	}
	if err := r.healthCheck(ctx, name, args); err != nil {
		return fmt.Errorf("standby: %w", err)
	}
	return nil
}

// standbyCertificate is the host's in the standby's region. ACM proves a host to an account once, so the record is that
// of the first certificate.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func (r *Routing) standbyCertificate(ctx *pulumi.Context, name string, args Args) error {
	own, err := certificate.New(ctx, name+"-standby-certificate", certificate.Args{
		Scope:      args.Scope,
		Host:       args.Host,
		RecordFQDN: r.provenBy,
	}, pulumi.Parent(r), pulumi.Providers(args.Standby.Recovery))
	if err != nil {
		return err
	}
	r.StandbyCertificateARN = own.ARN
	_, err = lb.NewListenerCertificate(ctx, name+"-standby-listener-certificate", &lb.ListenerCertificateArgs{
		ListenerArn:    args.Standby.ListenerARN,
		CertificateArn: own.ARN,
	}, r.there(args)...)
	if err != nil {
		return fmt.Errorf("listener certificate: %w", err)
	}
	return nil
}

// healthCheck is healthy until somebody takes over. Nothing else decides: a load balancer that fails for a minute must
// not send people to a tenant that has no data yet. What was published last holds for as long as nothing else is.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
func (r *Routing) healthCheck(ctx *pulumi.Context, name string, args Args) error {
	settings := &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(r.Latch.Alarm),
		AlarmDescription: pulumi.String(args.Host + " is taken over by the standby. This is a switch, which somebody has " +
			"thrown: 1 in " + latchNamespace + " " + latchMetric + " takes over, 0 gives back."),
		Namespace:          pulumi.String(latchNamespace),
		MetricName:         pulumi.String(latchMetric),
		Dimensions:         pulumi.ToStringMap(r.Latch.Dimensions),
		Statistic:          pulumi.String("Maximum"),
		ComparisonOperator: pulumi.String("GreaterThanOrEqualToThreshold"),
		Threshold:          pulumi.Float64(1),
		Period:             pulumi.Int(60),
		EvaluationPeriods:  pulumi.Int(1),
		TreatMissingData:   pulumi.String("ignore"),
		Tags:               pulumi.ToStringMap(args.Scope.Tags("routing", r.Latch.Alarm, naming.Internal)),
	}
	if topic := args.Standby.TopicARN; topic != nil {
		settings.AlarmActions, settings.OkActions = pulumi.Array{topic}, pulumi.Array{topic}
	}
	alarm, err := cloudwatch.NewMetricAlarm(ctx, name+"-latch", settings, r.there(args)...)
	if err != nil {
		return fmt.Errorf("latch: %w", err)
	}
	check, err := route53.NewHealthCheck(ctx, name+"-health-check", &route53.HealthCheckArgs{
		Type:                         pulumi.String("CLOUDWATCH_METRIC"),
		CloudwatchAlarmName:          alarm.Name,
		CloudwatchAlarmRegion:        pulumi.String(args.Standby.Region),
		InsufficientDataHealthStatus: pulumi.String("LastKnownStatus"),
		Tags:                         pulumi.ToStringMap(args.Scope.Tags("routing", r.Latch.Alarm, naming.Internal)),
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("health check: %w", err)
	}
	r.healthCheckID = check.ID().ToStringOutput()
	return nil
}

// The two ways of a host, in the words of its records.
const (
	primaryWay   = "PRIMARY"
	secondaryWay = "SECONDARY"
)

// way makes a record one of two.
func way(record *route53.RecordArgs, kind, set string) {
	record.SetIdentifier = pulumi.String(set)
	record.FailoverRoutingPolicies = route53.RecordFailoverRoutingPolicyArray{
		route53.RecordFailoverRoutingPolicyArgs{Type: pulumi.String(kind)},
	}
}

// standbyRecord is the host's address once it is taken over.
func (r *Routing) standbyRecord(ctx *pulumi.Context, name string, args Args, first *route53.Record) error {
	record := &route53.RecordArgs{
		ZoneId:  args.HostedZoneID,
		Name:    pulumi.String(args.Host),
		Type:    pulumi.String("A"),
		Aliases: alias(args.Standby.LoadBalancerDNSName, args.Standby.LoadBalancerZoneID, false),
	}
	way(record, secondaryWay, "standby")
	_, err := route53.NewRecord(ctx, name+"-standby-record", record, pulumi.Parent(r),
		pulumi.DependsOn([]pulumi.Resource{first}))
	if err != nil {
		return fmt.Errorf("standby record: %w", err)
	}
	return nil
}
