package config

import "haven/components/cidr"

// zoneLetters are the commercial regions that the pinned aws SDK knows and in which every account has three zones or
// more, with the letters of the zones that it can count on. us-west-1 is missing: accounts have two zones there.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
var zoneLetters = map[string]string{
	"af-south-1":     "abc",
	"ap-east-1":      "abc",
	"ap-northeast-1": "acd",
	"ap-northeast-2": "abcd",
	"ap-northeast-3": "abc",
	"ap-south-1":     "abc",
	"ap-south-2":     "abc",
	"ap-southeast-1": "abc",
	"ap-southeast-2": "abc",
	"ap-southeast-3": "abc",
	"ap-southeast-4": "abc",
	"ap-southeast-5": "abc",
	"ap-southeast-7": "abc",
	"ca-central-1":   "abd",
	"ca-west-1":      "abc",
	"eu-central-1":   "abc",
	"eu-central-2":   "abc",
	"eu-north-1":     "abc",
	"eu-south-1":     "abc",
	"eu-south-2":     "abc",
	"eu-west-1":      "abc",
	"eu-west-2":      "abc",
	"eu-west-3":      "abc",
	"il-central-1":   "abc",
	"me-central-1":   "abc",
	"me-south-1":     "abc",
	"mx-central-1":   "abc",
	"sa-east-1":      "abc",
	"us-east-1":      "abcdef",
	"us-east-2":      "abc",
	"us-west-2":      "abcd",
}

// zonesOf are the zones of a region; of an unknown one there are none.
func zonesOf(region string) []string {
	var zones []string
	for _, letter := range zoneLetters[region] {
		zones = append(zones, region+string(letter))
	}
	return zones
}

// firstZones are as many as a cell spans.
func firstZones(region string) []string {
	zones := zonesOf(region)
	return zones[:min(len(zones), cidr.Zones)]
}

// gatewayServices are reached over gateway endpoints, which every cell has.
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
var gatewayServices = []string{"dynamodb", "s3"}

// endpointServices are the services with an interface endpoint that tasks and their operators have a use for.
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
var endpointServices = []string{
	"application-autoscaling", "athena", "autoscaling", "backup", "bedrock-runtime", "cloudformation", "cloudtrail",
	"ec2", "ec2messages", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "elasticache", "elasticfilesystem",
	"elasticloadbalancing", "email-smtp", "events", "execute-api", "glue", "guardduty-data", "kinesis-firehose",
	"kinesis-streams", "kms", "lambda", "logs", "monitoring", "rds", "rds-data", "secretsmanager", "sns", "sqs", "ssm",
	"ssmmessages", "states", "sts", "textract", "transfer", "xray",
}
