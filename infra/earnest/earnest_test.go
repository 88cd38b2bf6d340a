package earnest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/earnest"
	"haven/infra/recovery"
	"haven/infra/signin"
	"haven/stacks/config"
)

// TestEnter: one account's credentials are for one account's tenants, and nobody is asked for none.
func TestEnter(t *testing.T) {
	asked := ""
	door := func(_ context.Context, account, region string) (recovery.Cloud, signin.Identity, error) {
		asked += account + " " + region
		return nil, signin.Identity{Account: account}, nil
	}
	acme, globex := recovery.Tenant{Stack: "demo-acme", Account: "1"}, recovery.Tenant{Stack: "demo-globex", Account: "2"}
	_, _, err := earnest.Enter(t.Context(), door, []recovery.Tenant{acme, globex}, "eu-central-1")
	require.EqualError(t, err, "demo-globex lives in the account 2, but demo-acme in 1: that is for one account's credentials; "+
		"give each account an environment of its own")
	_, _, err = earnest.Enter(t.Context(), door, nil, "eu-central-1")
	require.ErrorContains(t, err, "no tenant is up")
	assert.Empty(t, asked)
	_, who, err := earnest.Enter(t.Context(), door, []recovery.Tenant{acme, acme}, "eu-central-1")
	require.NoError(t, err)
	assert.Equal(t, "1", who.Account)
	assert.Equal(t, "1 eu-central-1", asked)
}

// TestPlan: what passes costs by the hour, what stays by the month, and what makes nothing costs nothing.
func TestPlan(t *testing.T) {
	plan := earnest.Plan{Environment: &config.Environment{Name: "demo"}, What: "A drill.", Made: []string{"demo-acme-trial"},
		Regions: []string{"eu-central-1", "eu-west-1"}, Who: signin.Identity{Account: "1", ARN: "arn:ada"}, Monthly: 730,
		Label: "estimate, prices of a day"}
	told := func() string {
		var text strings.Builder
		require.NoError(t, plan.Write(&text))
		return text.String()
	}
	assert.Contains(t, told(), "makes    demo-acme-trial\n  costs    about USD 730.00 a month, on top of what is there")
	plan.Lasting = 3 * time.Hour
	assert.InDelta(t, 3, plan.Cost(), 0.001)
	assert.Contains(t, told(), "about USD 3.00 for 3h0m0s; USD 24.00 for each day that it is left up")
	for _, line := range []string{"A drill.\n\n  account  1, as arn:ada\n", "  regions  eu-central-1, eu-west-1\n"} {
		assert.Contains(t, told(), line)
	}
	plan.Made = nil
	assert.Contains(t, told(), "makes    nothing\n")
	assert.NotContains(t, told(), "USD")
}
