package assurance

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/keys"
	"haven/components/naming"
)

// service is the one that delivers reports, by the role that it has in each account.
const service = "reports.backup.amazonaws.com"

func (a Args) deliverer() iamdoc.Principals {
	return iamdoc.Principals{AWS: []string{fmt.Sprintf(
		"arn:aws:iam::%s:role/aws-service-role/%s/AWSServiceRoleForBackupReports", a.Account, service)}}
}

func (a Args) bucketName() string { return a.Scope.Bucket("backup-reports", a.Account, a.Region) }

// report is one that AWS Backup makes every day.
type report struct {
	part, template, about string
	// judges says that it tells how the framework judges.
	judges bool
}

var reports = []report{
	{"backup-jobs", "BACKUP_JOB_REPORT", "What was backed up in the last day", false},
	{"copy-jobs", "COPY_JOB_REPORT", "What was copied in the last day", false},
	{"restore-jobs", "RESTORE_JOB_REPORT", "What was restored in the last day", false},
	{"backup-compliance", "RESOURCE_COMPLIANCE_REPORT", "Which resources are backed up as they are meant to be", true},
	{"backup-controls", "CONTROL_COMPLIANCE_REPORT", "Which demands on backups are met", true},
}

func (b *builder) reports() error {
	store, err := b.store()
	if err != nil {
		return err
	}
	b.own.BucketName = store.Name
	for _, r := range reports {
		setting := backup.ReportPlanReportSettingArgs{ReportTemplate: pulumi.String(r.template)}
		if r.judges {
			setting.FrameworkArns = pulumi.StringArray{b.own.FrameworkARN}
			setting.NumberOfFrameworks = pulumi.Int(1)
		}
		_, err := backup.NewReportPlan(b.ctx, b.name+"-"+r.part, &backup.ReportPlanArgs{
			Name:          pulumi.String(b.args.auditName(r.part)),
			Description:   pulumi.String(r.about),
			ReportSetting: setting,
			ReportDeliveryChannel: backup.ReportPlanReportDeliveryChannelArgs{
				S3BucketName: store.Name,
				Formats:      pulumi.ToStringArray([]string{"CSV", "JSON"}),
			},
			Tags: b.args.tags(r.part),
		}, b.parent())
		if err != nil {
			return fmt.Errorf("%s: %w", r.part, err)
		}
	}
	return nil
}

// store is where reports lie. Their deliverer must be there before: a policy names no stranger.
func (b *builder) store() (*bucket.Bucket, error) {
	key, err := keys.NewRegional(b.ctx, b.name+"-key", keys.RegionalArgs{
		Scope:       b.args.Scope,
		Account:     b.args.Account,
		Part:        "backup-reports",
		Description: "the reports of backups",
		Uses: []iamdoc.Statement{
			{
				Sid:        "EncryptReports",
				Principals: b.args.deliverer(),
				Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
				Resources:  []string{"*"},
				Conditions: iamdoc.Conditions{iamdoc.StringEquals: {
					"kms:ViaService": {"s3." + b.args.Region + ".amazonaws.com"},
				}},
			},
			keys.ReadThrough(b.args.Account, b.args.Region, "s3"),
		},
	}, b.parent())
	if err != nil {
		return nil, err
	}
	return bucket.New(b.ctx, b.name+"-reports", bucket.Args{
		Scope:         b.args.Scope,
		Bucket:        b.args.bucketName(),
		Class:         naming.Internal,
		KeyARN:        key.ARN,
		AccessLogs:    b.args.AccessLogs,
		RetentionDays: b.args.RetentionDays,
		Writers: []iamdoc.Statement{{
			Sid:        "DeliverReports",
			Principals: b.args.deliverer(),
			Actions:    []string{"s3:PutObject"},
			Resources:  []string{bucket.ARN(b.args.bucketName()) + "/*"},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"s3:x-amz-acl": {"bucket-owner-full-control"}}},
		}},
		Protected: b.args.Protected,
	}, b.parent())
}
