package audit

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudtrail"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/bucket"
)

type (
	selector = cloudtrail.TrailAdvancedEventSelectorArgs
	field    = cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs
	fields   = cloudtrail.TrailAdvancedEventSelectorFieldSelectorArray
)

// selectors choose what is recorded. Calls of KMS and Secrets Manager are management events.
func (a Args) selectors() cloudtrail.TrailAdvancedEventSelectorArray {
	return cloudtrail.TrailAdvancedEventSelectorArray{
		selector{
			Name:           pulumi.String("All management events"),
			FieldSelectors: fields{equals("eventCategory", "Management")},
		},
		selector{
			Name: pulumi.String("Objects of the environment's buckets"),
			FieldSelectors: fields{
				equals("eventCategory", "Data"),
				equals("resources.type", "AWS::S3::Object"),
				field{
					Field:       pulumi.String("resources.ARN"),
					StartsWiths: pulumi.ToStringArray([]string{bucket.ARN(a.Scope.Environment + "-")}),
					NotStartsWiths: pulumi.ToStringArray([]string{
						bucket.ARN(a.bucketName(a.Region)) + "/", bucket.ARN(a.bucketName(a.RecoveryRegion)) + "/",
					}),
				},
			},
		},
		selector{
			Name: pulumi.String("Calls of functions"),
			FieldSelectors: fields{
				equals("eventCategory", "Data"),
				equals("resources.type", "AWS::Lambda::Function"),
			},
		},
	}
}

func equals(name, value string) field {
	return field{Field: pulumi.String(name), Equals: pulumi.ToStringArray([]string{value})}
}
