package certificate_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/certificate"
	"haven/tests/harness"
)

func args() certificate.Args {
	return certificate.Args{
		Scope:        harness.TenantScope(),
		Host:         "acme.demo.haven.example",
		HostedZoneID: pulumi.String("Z1"),
	}
}

func declare(t *testing.T) (*harness.Recorder, string) {
	t.Helper()
	recorder := harness.Environment()
	recorder.Outputs["aws:acm/certificateValidation:CertificateValidation"] = resource.PropertyMap{
		"certificateArn": resource.NewProperty("arn:valid"),
	}
	arn := make(chan string, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		c, err := certificate.New(ctx, "certificate", args())
		if err != nil {
			return err
		}
		c.ARN.ApplyT(func(v string) string { arn <- v; return v })
		return nil
	}))
	harness.AssertFamily(t, recorder, certificate.Type, "certificate")
	return recorder, <-arn
}

func TestDeclared(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t)
	tests := []struct {
		token, name string
		want        map[string]any
	}{
		{"aws:acm/certificate:Certificate", "certificate-request", map[string]any{
			"domainName":               "acme.demo.haven.example",
			"subjectAlternativeNames":  nil,
			"validationMethod":         "DNS",
			"options":                  map[string]any{"certificateTransparencyLoggingPreference": "ENABLED"},
			"tags.Name":                "acme.demo.haven.example",
			"tags.data-classification": "public",
		}},
		{"aws:route53/record:Record", "certificate-record", map[string]any{
			"zoneId":  "Z1",
			"name":    "_token.host.demo.haven.example.",
			"type":    "CNAME",
			"records": []any{"_value.acm-validations.aws."},
			"ttl":     300.0,
		}},
		{"aws:acm/certificateValidation:CertificateValidation", "certificate-validation", map[string]any{
			"certificateArn":        "arn:aws:mock:::certificate-request",
			"validationRecordFqdns": []any{"_token.host.demo.haven.example"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			harness.AssertInputs(t, recorder.One(t, test.token, test.name), test.want)
		})
	}
	assert.Len(t, recorder.Declared(), len(tests)+1, "and the component itself")
	harness.AssertTags(t, recorder.One(t, "aws:acm/certificate:Certificate", "certificate-request"), "certificate")
}

// TestARNIsThatOfTheValidation: a listener that takes the certificate before it is valid is refused by ELB.
func TestARNIsThatOfTheValidation(t *testing.T) {
	t.Parallel()
	_, arn := declare(t)
	assert.Equal(t, "arn:valid", arn)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "certificate: Scope: missing, expected a value\n" +
		`Host: "", expected one DNS name without wildcards` + "\n" +
		"HostedZoneID: missing, expected a value"
	harness.AssertRefusals(t, certificate.New, nothingGiven, args, map[string]func(*certificate.Args){
		`certificate: Host: "*.demo.haven.example", expected one DNS name without wildcards`: func(a *certificate.Args) {
			a.Host = "*.demo.haven.example"
		},
	})
}
