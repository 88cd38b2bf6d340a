package authority_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/authority"
	"haven/policy/graph"
)

func TestWhatCopiesIsAdmittedAndNothingMore(t *testing.T) {
	t.Parallel()
	nothingFound(t, authority.Admission)
}

const (
	copies    = "demo-cell archive-replication"
	copyRole  = "demo-cell archive-replication-role"
	copyPol   = "demo-cell archive-replication-policy"
	moveRole  = "demo-mirror transfer-demo-cell-role"
	movePol   = "demo-mirror transfer-demo-cell-policy"
	sourceKey = "demo-cell archive-key-primary"
)

func without(action string) func([]any) []any {
	return func(all []any) []any {
		for _, s := range all {
			statement := s.(map[string]any)
			statement["Action"] = slices.DeleteFunc(statement["Action"].([]any), func(a any) bool { return a == action })
		}
		return slices.DeleteFunc(all, func(s any) bool { return len(s.(map[string]any)["Action"].([]any)) == 0 })
	}
}

var admissions = map[string]leak{
	"no right to read a lock": {func(d *draft) []string {
		d.rewrite(copyPol, "policy", without("s3:GetObjectRetention"))
		return d.urns(copies, copyRole)
	}, "admission/lacks", "which cannot s3:GetObjectRetention on ", "demo-cell"},
	"no right to the source's key": {func(d *draft) []string {
		d.rewrite(copyPol, "policy", without("kms:Decrypt"))
		return d.urns(copies, copyRole)
	}, "admission/lacks", "which cannot kms:Decrypt on ", "demo-cell"},
	"a key that works for another service only": {func(d *draft) []string {
		d.replace(sourceKey, "policy", `"s3.eu-west-1.amazonaws.com"`, `"ssm.eu-west-1.amazonaws.com"`)
		return d.urns(copies, copyRole)
	}, "admission/lacks", "archive-key-primary does not allow kms:Decrypt", "demo-cell"},
	"a key whose condition is about another bucket": {func(d *draft) []string {
		d.replace(copyPol, "policy", `"kms:EncryptionContext:aws:s3:arn":["arn:aws:s3:::demo-cell-archive`,
			`"kms:EncryptionContext:aws:s3:arn":["arn:aws:s3:::demo-other-archive`)
		return d.urns(copies, copyRole)
	}, "admission/lacks", "which cannot kms:", "demo-cell"},
	"a role that S3 cannot take on": {func(d *draft) []string {
		d.replace(copyRole, "assumeRolePolicy", `"s3.amazonaws.com"`, `"backup.amazonaws.com"`)
		return d.urns(copies, copyRole)
	}, "admission/lacks", "which s3.amazonaws.com cannot take on", "demo-cell"},
	"a right to delete copies": {func(d *draft) []string {
		d.replace(copyPol, "policy", `"s3:ReplicateObject"`, `"s3:ReplicateObject","s3:ReplicateDelete"`)
		return d.urns(copies, copyRole, copyPol)
	}, "admission/surplus", "which may s3:ReplicateDelete, by statement 3 (Replicate)", "demo-cell"},
	"a pattern of rights": {func(d *draft) []string {
		d.replace(copyPol, "policy", `"s3:ReplicateObject"`, `"s3:Replicate*","s3:ReplicateObject"`)
		return d.urns(copies, copyRole, copyPol)
	}, "admission/surplus", "which may s3:Replicate*", "demo-cell"},
	"another bucket": {func(d *draft) []string {
		d.also(copyPol, "policy", `{"Effect":"Allow","Action":["s3:ReplicateObject"],"Resource":["arn:aws:s3:::other/*"]}`)
		return d.urns(copies, copyRole, copyPol)
	}, "admission/surplus", "which may reach arn:aws:s3:::other/*", "demo-cell"},
	"every bucket": {func(d *draft) []string {
		d.also(copyPol, "policy", `{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":"*"}`)
		return d.urns(copies, copyRole, copyPol)
	}, "admission/surplus", "which may reach *", "demo-cell"},
	"a transfer that may not read": {func(d *draft) []string {
		d.rewrite(movePol, "policy", without("s3:GetObject"))
		return d.urns("demo-mirror transfer-demo-cell-events", moveRole)
	}, "admission/lacks", "which cannot s3:GetObject on ", ""},
	"a transfer that may delete": {func(d *draft) []string {
		d.replace(movePol, "policy", `"s3:GetObject"`, `"s3:GetObject","s3:DeleteObject"`)
		return d.urns("demo-mirror transfer-demo-cell-events", moveRole, movePol)
	}, "admission/surplus", "which may s3:DeleteObject", ""},
}

func TestAdmissions(t *testing.T) {
	t.Parallel()
	areFound(t, func(g *graph.Graph) []graph.Finding { return decided(authority.Admission(g)) }, admissions)
}

func TestWhatIsAdmitted(t *testing.T) {
	t.Parallel()
	d := change(t)
	d.also(copyPol, "policy", `{"Effect":"Allow","Action":["s3:GetBucketLocation"],"Resource":["`+d.arn(archive)+`"]}`)
	d.also(copyPol, "policy", `{"Effect":"Deny","Action":["s3:Delete*"],"Resource":"*"}`)
	assert.Empty(t, authority.Admission(d.graph()))
	d.unknown(copyPol, "policy")
	assert.Equal(t, []graph.Finding{{Rule: "admission", URN: d.the(copyPol).URN, Message: "not known yet: policy",
		Undecided: true}}, authority.Admission(d.graph()))
}
