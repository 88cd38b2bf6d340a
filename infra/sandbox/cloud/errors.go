package cloud

import "fmt"

// api is a service's name as its errors show it.
type api string

const (
	acm            api = "ACM"
	athena         api = "Athena"
	awsConfig      api = "Config Service"
	backup         api = "Backup"
	cloudTrail     api = "CloudTrail"
	appAutoScaling api = "Application Auto Scaling"
	cloudWatch     api = "CloudWatch"
	cloudWatchLogs api = "CloudWatch Logs"
	cognito        api = "Cognito Identity Provider"
	ec2            api = "EC2"
	ecr            api = "ECR"
	ecs            api = "ECS"
	efs            api = "EFS"
	elastiCache    api = "ElastiCache"
	elbv2          api = "Elastic Load Balancing v2"
	glue           api = "Glue"
	google         api = "googleapi"
	iam            api = "IAM"
	kms            api = "KMS"
	rds            api = "RDS"
	route53        api = "Route 53"
	s3             api = "S3"
	secretsManager api = "Secrets Manager"
	stepFunctions  api = "SFN"
	analyzers      api = "AccessAnalyzer"
	budgets        api = "Budgets"
	costExplorer   api = "Cost Explorer"
	guardDuty      api = "GuardDuty"
	inspector      api = "Inspector2"
	securityHub    api = "SecurityHub"
	ssm            api = "SSM"
	serviceQuotas  api = "Service Quotas"
	eventBridge    api = "EventBridge"
	schedules      api = "Scheduler"
	sns            api = "SNS"
	sqs            api = "SQS"
	wafv2          api = "WAFV2"
)

// says is an error of fixed words; %s in them stands for the value refused.
func (a api) says(operation, code, message string) Error {
	return Error{Service: string(a), Operation: operation, Code: code, Message: message}
}

// refuses is an error whose words are formatted.
func (a api) refuses(operation, code, format string, args ...any) Error {
	return a.says(operation, code, fmt.Sprintf(format, args...))
}

func (e Error) withStatus(status int) Error {
	e.Status = status
	return e
}

// check is one thing the cloud refuses, asked in turn.
type check func(*Call) error

// firstOf refuses for the first reason found, as a service does.
func firstOf(checks ...check) func(*Call) error {
	return func(c *Call) error {
		for _, refuse := range checks {
			if err := refuse(c); err != nil {
				return err
			}
		}
		return nil
	}
}

// onCreate asks a check at creation only.
func onCreate(refuse check) check {
	return func(c *Call) error {
		if c.Old != nil {
			return nil
		}
		return refuse(c)
	}
}

// inRange refuses a number outside of its range in the words of the provider's validation.
func inRange(path, terraformName string, low, high int) check {
	return func(c *Call) error {
		if n, ok := c.number(path); ok && (n < low || n > high) {
			return fmt.Errorf("expected %s to be in the range (%d - %d), got %d", terraformName, low, high, n)
		}
		return nil
	}
}
