package stacks

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/tests/harness"
)

const (
	mirrorSettings = `{"environment":"demo","project":"haven-demo-mirror","cells":["demo-cell"],` +
		`"alerts":{"critical":["oncall@haven.example"]}}`
	cellReference = "organization/haven/demo-cell"
	googleBucket  = "gcp:storage/bucket:Bucket"
	transferJob   = "gcp:storage/transferJob:TransferJob"
)

func mirrorValues() map[string]string {
	return map[string]string{"role": "mirror", "mirror": mirrorSettings}
}

// mirrorEnvironment is an environment whose cell exports its backups, with what it exports changed.
func mirrorEnvironment(changes map[string]any) *harness.Recorder {
	r := harness.Environment()
	cell := r.References[cellReference]["cell"].ObjectValue().Copy()
	for name, value := range map[string]any{
		"archiveBucket":   "demo-cell-archive-123456789012-eu-west-1",
		"archiveKeyArn":   "arn:aws:kms:eu-west-1:123456789012:key/mrk-1",
		"archiveQueueArn": "arn:aws:sqs:eu-west-1:123456789012:demo-cell-archive-events",
	} {
		cell[resource.PropertyKey(name)] = resource.NewPropertyValue(value)
	}
	for name, value := range changes {
		cell[resource.PropertyKey(name)] = resource.NewPropertyValue(value)
	}
	r.References[cellReference] = resource.PropertyMap{"cell": resource.NewProperty(cell)}
	r.Functions["gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount"] =
		resource.NewPropertyMapFromMap(map[string]any{"member": "serviceAccount:agent", "subjectId": "100"})
	return r
}

func TestMirror(t *testing.T) {
	t.Parallel()
	r := mirrorEnvironment(nil)
	require.NoError(t, harness.RunStack(r, "demo-mirror", mirrorValues(), Deploy))
	for _, d := range r.Declared() {
		if d.Name != "demo-mirror" {
			assert.Equal(t, MirrorType, harness.Top(r.Declared(), d).Type, d.Name)
		}
	}
	harness.AssertInputs(t, r.One(t, "pulumi:providers:gcp", "gcp"), map[string]any{"project": "haven-demo-mirror"})
	harness.AssertInputs(t, r.One(t, "pulumi:providers:aws", "aws-demo-cell"), map[string]any{
		"region": "eu-west-1", "allowedAccountIds": []any{"123456789012"}})
	assert.Equal(t, "gcp", single(t, r, googleBucket).Provider)
	harness.AssertInputs(t, single(t, r, googleBucket), map[string]any{
		"name": "demo-mirror-haven-demo-mirror", "retentionPolicy.isLocked": true})
	role := r.One(t, "aws:iam/role:Role", "transfer-demo-cell-role")
	assert.Equal(t, "aws-demo-cell", role.Provider)
	assert.Len(t, r.OfType(transferJob), 2)
	for _, job := range r.OfType(transferJob) {
		assert.Equal(t, "gcp", job.Provider)
		harness.AssertInputs(t, job, map[string]any{
			"transferSpec.awsS3DataSource.bucketName": "demo-cell-archive-123456789012-eu-west-1",
			"transferSpec.gcsDataSink.bucketName":     "demo-mirror-haven-demo-mirror"})
	}
}

func TestMirrorTornDown(t *testing.T) {
	t.Parallel()
	r := mirrorEnvironment(nil)
	values := mirrorValues()
	values["teardown"] = "2027-03-01T12:00:00Z"
	require.NoError(t, harness.RunStack(r, "demo-mirror", values, Deploy))
	assert.False(t, single(t, r, googleBucket).Protect)
	harness.AssertInputs(t, single(t, r, googleBucket), map[string]any{"forceDestroy": true})
}

func TestMirrorRefusesItsCells(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*harness.Recorder)
		want   string
	}{
		"another environment's": {func(r *harness.Recorder) {
			r.References = mirrorEnvironment(map[string]any{"environment": "prod"}).References
		}, `mirror.cells[0]: demo-cell belongs to the environment "prod", expected one of "demo"; name another cell`},
		"not up yet": {func(r *harness.Recorder) { delete(r.References, cellReference) },
			`mirror.cells[0]: stack "demo-cell" exports no backups that this version can read; bring it up first: ` +
				"it has no such output yet"},
		"of an older version": {func(r *harness.Recorder) {
			delete(r.References[cellReference]["cell"].ObjectValue(), "archiveQueueArn")
		}, `mirror.cells[0]: stack "demo-cell" exports no backups that this version can read`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mirrorEnvironment(nil)
			test.change(r)
			err := harness.RunStack(r, "demo-mirror", mirrorValues(), Deploy)
			assert.ErrorContains(t, err, test.want)
			assert.Empty(t, r.OfType(transferJob))
		})
	}
}
