package limits_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/offsite/limits"
)

var digest = "@sha256:" + strings.Repeat("0f", 32)

func TestLimits(t *testing.T) {
	t.Parallel()
	ofAcme := func(dump string) error { return limits.Dump(dump, "acme") }
	for _, test := range []struct {
		what    string
		check   func(string) error
		allowed []string
		refused []string
		want    string
	}{
		{"region", limits.Region, []string{"europe-west4", "europe-north1"},
			[]string{"", "europe-west2", "us-east1", "EUROPE-WEST4", "eu-west-1"},
			"expected one of europe-central2, europe-north1"},
		{"image", limits.Image, []string{"europe-docker.pkg.dev/p/haven/app" + digest,
			"europe-west4-docker.pkg.dev/example.com:p/haven/a/b:1.2" + digest},
			[]string{"", "europe-docker.pkg.dev/p/haven/app:1", "europe-docker.pkg.dev/p/haven/app@sha256:0f",
				"123456789012.dkr.ecr.eu-west-1.amazonaws.com/app" + digest, "public.ecr.aws/haven/app" + digest},
			"expected an image in Artifact Registry with its digest"},
		{"dump", ofAcme, []string{"tenants/acme/dumps/20261121T220000Z", "tenants/acme/final/20261121T220000Z"},
			[]string{"", "tenants/globex/dumps/20261121T220000Z", "tenants/acme/dumps/now", "tenants/acme/dumps/",
				"tenants/acme/dumps/20261121T220000Z/manifest.json", "s3://b/tenants/acme/dumps/20261121T220000Z"},
			"expected the prefix of a dump of acme in the mirror; write it like tenants/acme/dumps/"},
		{"bucket", limits.Bucket, []string{"demo-mirror-haven-demo-mirror"},
			[]string{"", "gs://demo-mirror", "Demo", "google-mirror", "arn:aws:s3:::archive"},
			"expected the name of the mirror's bucket"},
	} {
		for _, value := range test.allowed {
			assert.NoError(t, test.check(value), "%s %q", test.what, value)
		}
		for _, value := range test.refused {
			assert.ErrorContains(t, test.check(value), test.want, "%s %q", test.what, value)
		}
	}
}
