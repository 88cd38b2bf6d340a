package stacks

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/tests/harness"
)

const alertPolicyType = "gcp:monitoring/alertPolicy:AlertPolicy"

// watchedIn runs what watches a tenant's dumps in the mirror, which exports these cells.
func watchedIn(t *testing.T, name string, cells ...any) (*harness.Recorder, error) {
	t.Helper()
	r := harness.Environment()
	exported := map[string]any{
		"environment": "demo", "production": false, "owner": "platform", "project": "haven-demo-mirror",
		"location": "EUR4", "cells": cells, "retentionDays": 90, "bucket": "demo-mirror-haven-demo-mirror", "keyId": "k",
		"dumpsMetric": "demo-mirror-dumps", "criticalChannels": []any{"projects/haven-demo-mirror/notificationChannels/1"},
		"warningChannels": []any{"projects/haven-demo-mirror/notificationChannels/2"},
	}
	r.References["organization/haven/demo-mirror"] = resource.NewPropertyMapFromMap(map[string]any{"mirror": exported})
	more := ""
	if name != "" {
		more = `"mirror":"` + name + `"`
	}
	return r, harness.RunStack(r, "demo-acme", tenantValues(more), Deploy)
}

func TestTenantIsWatchedInItsMirror(t *testing.T) {
	t.Parallel()
	r, err := watchedIn(t, "demo-mirror", "demo-cell")
	require.NoError(t, err)
	alarm := single(t, r, alertPolicyType)
	assert.Equal(t, "gcp", alarm.Provider)
	harness.AssertInputs(t, alarm, map[string]any{"displayName": "demo-acme-mirror-age",
		"notificationChannels": []any{"projects/haven-demo-mirror/notificationChannels/1"}})
	assert.Contains(t, alarm.Input("conditions[0].conditionPrometheusQueryLanguage.query"), `tenant="acme"}[10m]`)

	r, err = watchedIn(t, "", "demo-cell")
	require.NoError(t, err)
	assert.Empty(t, r.OfType(alertPolicyType))
	assert.Empty(t, r.OfType("pulumi:providers:gcp"), "no credentials of Google's are asked for")
}

func TestTenantRefusesAMirrorOfOthers(t *testing.T) {
	t.Parallel()
	_, err := watchedIn(t, "demo-mirror", "demo-other")
	assert.ErrorContains(t, err, `tenant.mirror: got "demo-mirror"; want a mirror of demo-cell`)
	_, err = watchedIn(t, "demo-none", "demo-cell")
	assert.ErrorContains(t, err, `tenant.mirror: stack "demo-none" exports no mirror that this version can read; `)
}
