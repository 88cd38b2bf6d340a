package stacks

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"haven/tests/harness"
)

// pageRule is the rule that answers for a tenant whose tasks do not.
const pageRule = "routing-page-rule"

// TestActive is the tenant that all others are compared with.
func TestActive(t *testing.T) {
	r := declareTenant(t, "")
	assert.Equal(t, map[string]any{
		"application-service":           2.0,
		"application-worker-service":    1.0,
		"application-websocket-service": 1.0,
		"application-scheduler-service": 1.0,
	}, property(r, serviceType, "desiredCount"))
	assert.Equal(t, map[string]any{
		"application-scaling":           2.0,
		"application-worker-scaling":    1.0,
		"application-websocket-scaling": 1.0,
	}, property(r, scalingType, "minCapacity"))
	assert.NotContains(t, property(r, ruleType, "priority"), pageRule)
	assertProtected(t, r)
}

// assertProtected asserts that nothing of the tenant's data can be deleted.
func assertProtected(t *testing.T, r *harness.Recorder) {
	t.Helper()
	harness.AssertInputs(t, single(t, r, databaseType), map[string]any{
		"deletionProtection":      true,
		"skipFinalSnapshot":       false,
		"finalSnapshotIdentifier": "demo-acme-database-final",
	})
	assert.True(t, single(t, r, cacheType).Protect)
	assert.True(t, single(t, r, filesType).Protect)
}

// TestSuspended: nothing runs, a page says so, and all else is as it was while the tenant was active.
func TestSuspended(t *testing.T) {
	r := declareTenant(t, `"state":"suspended"`)
	assertStopped(t, r)
	assertProtected(t, r)
	assertSameData(t, r)
	assertPage(t, r, "This site is suspended")
}

// assertStopped asserts that no task runs and that nothing starts one.
func assertStopped(t *testing.T, r *harness.Recorder) {
	t.Helper()
	assert.Equal(t, only(r, serviceType, 0.0), property(r, serviceType, "desiredCount"))
	assert.Equal(t, only(r, scalingType, 0.0), property(r, scalingType, "minCapacity"))
	assert.Equal(t, only(r, scalingType, 0.0), property(r, scalingType, "maxCapacity"))
	assert.Len(t, r.OfType(serviceType), 4)
	assert.Len(t, r.OfType(scalingType), 3)
}

// assertSameData asserts that all that an active tenant has is declared, and nothing but a page besides. Which alarms
// watch it is another matter: what is stopped on purpose raises none.
func assertSameData(t *testing.T, r *harness.Recorder) {
	t.Helper()
	want, got := kinds(declareTenant(t, "")), kinds(r)
	want[ruleType]++
	delete(want, alarmType)
	delete(got, alarmType)
	assert.Equal(t, want, got)
}

// assertPage asserts that a page is answered before every other rule, with the status of a site that is not there.
func assertPage(t *testing.T, r *harness.Recorder, heading string) {
	t.Helper()
	page := r.One(t, ruleType, pageRule)
	harness.AssertInputs(t, page, map[string]any{
		"actions[0].type":                     "fixed-response",
		"actions[0].fixedResponse.statusCode": "503",
	})
	assert.Contains(t, page.Input("actions[0].fixedResponse.messageBody"), "<h1>"+heading+"</h1>")
	for name, priority := range property(r, ruleType, "priority") {
		if name != pageRule {
			assert.Less(t, page.Input("priority"), priority, name)
		}
	}
}

// sender is an identity in SES.
const sender = "arn:aws:ses:eu-west-1:123456789012:identity/haven.example"

// TestLeaving: as suspended, but everything may be deleted, and the final snapshots are named by the deletion date.
func TestLeaving(t *testing.T) {
	r := declareTenant(t, `"state":"leaving","deletionDate":"2027-03-31",`+
		`"identity":{"mode":"password","noticesFrom":"`+sender+`"}`)
	assertStopped(t, r)
	assertPage(t, r, "This site is suspended")
	harness.AssertInputs(t, single(t, r, databaseType), map[string]any{
		"deletionProtection":      false,
		"skipFinalSnapshot":       false,
		"finalSnapshotIdentifier": "demo-acme-database-final-20270331-000000",
		"deleteAutomatedBackups":  false,
	})
	assert.Equal(t, "demo-acme-cache-final-20270331-000000", single(t, r, cacheType).Input("finalSnapshotIdentifier"))
	assert.Equal(t, "INACTIVE", single(t, r, poolType).Input("deletionProtection"))
	for _, d := range r.Declared() {
		assert.False(t, d.Protect, "%s %q", d.Type, d.Name)
	}
}

// TestLeavingTornDown: a teardown's own time names the snapshots, so that each life of a stack leaves its own.
func TestLeavingTornDown(t *testing.T) {
	at := time.Date(2026, 4, 5, 6, 7, 8, 0, time.UTC)
	r := declare(t, "demo-acme", tenantValues(`"state":"leaving","deletionDate":"2027-03-31"`), Teardown(at))
	assert.Equal(t, "demo-acme-database-final-20260405-060708",
		single(t, r, databaseType).Input("finalSnapshotIdentifier"))
}

// TestMaintenancePage: a page stands before the tenant while everything goes on running.
func TestMaintenancePage(t *testing.T) {
	r := declareTenant(t, `"maintenancePage":true`)
	assertPage(t, r, "Down for maintenance")
	assertSameData(t, r)
	active := declareTenant(t, "")
	assert.Equal(t, property(active, serviceType, "desiredCount"), property(r, serviceType, "desiredCount"))
	assertProtected(t, r)
	assertPage(t, declareTenant(t, `"maintenancePage":true,"state":"suspended"`), "This site is suspended")
}

// TestIdentity: each mode of signing in, and where it is enforced.
func TestIdentity(t *testing.T) {
	for name, test := range map[string]struct {
		identity         string
		pools, providers int
		first            string // the first action of the rule for the host
	}{
		"none":     {`{}`, 0, 0, "forward"},
		"password": {`{"mode":"password","noticesFrom":"` + sender + `"}`, 1, 0, "forward"},
		"enforced": {`{"mode":"password","noticesFrom":"` + sender + `","ssoOnly":true}`, 1, 0, "authenticate-cognito"},
		"saml":     {`{"mode":"saml","metadataURL":"https://login.acme.example/metadata"}`, 1, 1, "forward"},
		"oidc": {`{"mode":"oidc","ssoOnly":true,"issuer":"https://login.acme.example","clientID":"haven",` +
			`"clientSecretARN":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-AbCdEf"}`,
			1, 1, "authenticate-cognito"},
	} {
		t.Run(name, func(t *testing.T) {
			r := declareTenant(t, `"identity":`+test.identity)
			assert.Len(t, r.OfType(poolType), test.pools)
			assert.Len(t, r.OfType("aws:cognito/identityProvider:IdentityProvider"), test.providers)
			assert.Equal(t, test.first, r.One(t, ruleType, "routing-rule").Input("actions[0].type"))
			for _, pool := range r.OfType(poolType) {
				assert.Equal(t, "ACTIVE", pool.Input("deletionProtection"))
			}
		})
	}
}
