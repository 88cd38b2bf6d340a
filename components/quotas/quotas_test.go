package quotas_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/quotas"
	"haven/tests/harness"
)

func args() quotas.Args { return quotas.Args{Databases: 100} }

// TestQuotas: a database takes from three quotas, and each is raised alike.
func TestQuotas(t *testing.T) {
	t.Parallel()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		_, err := quotas.New(ctx, "quotas", args())
		return err
	}))
	harness.AssertFamily(t, r, quotas.Type, "quotas")
	const token = "aws:servicequotas/serviceQuota:ServiceQuota"
	for name, code := range map[string]string{
		"quotas-instances": "L-7B6409FD", "quotas-parameter-groups": "L-DE55804A", "quotas-subnet-groups": "L-48C6BF61",
	} {
		assert.Equal(t, map[string]any{"serviceCode": "rds", "quotaCode": code, "value": 100.0},
			r.One(t, token, name).Inputs.Mappable())
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, quotas.New, "quotas: Databases: 0, expected more than 40, which every account has", args,
		map[string]func(*quotas.Args){
			"quotas: Databases: 40, expected more than 40, which every account has": func(a *quotas.Args) { a.Databases = 40 },
		})
}
