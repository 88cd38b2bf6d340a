package engine

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/environment"
)

// slots is how many tenants a cell holds by default, and at most.
const slots = 25

// TestFleet fills a cell: as many tenants as it has slots, each with as many listener rules as a tenant can have, are
// within AWS's default quotas. One more is refused before anything is done.
func TestFleet(t *testing.T) {
	c := newClone(t)
	c.removeAllBut("demo-account", "demo-cell")
	for slot := 1; slot <= slots; slot++ {
		c.writeTenant(slot)
	}
	up := c.mustReport("up", "demo")
	assert.Equal(t, all(up, environment.Up), outcomes(up))
	assert.Len(t, up.Stacks, 2+slots)
	assert.Equal(t, 4*slots, c.count("aws:lb/listenerRule:ListenerRule"), "rules of the load balancer, whose quota is 100")
	assert.Equal(t, slots, c.count("aws:lb/listenerCertificate:ListenerCertificate"), "certificates, whose quota is 25")
	assert.Equal(t, slots, c.count("aws:rds/instance:Instance"))
	same := c.haven("up", "demo", "--expect-no-changes")
	assert.Zero(t, same.status, same)

	c.writeTenant(slots + 1)
	refused := c.haven("up", "demo")
	assert.Equal(t, 1, refused.status)
	assert.Equal(t, "haven: Pulumi.demo-cell.yaml: cell.slots: got 25; want at least 26, one for each tenant that names "+
		"this cell; move tenants to another cell\n"+
		"Pulumi.demo-t26.yaml: tenant.slot: got 26; want 1 to 25; choose a free slot\n", refused.stderr)
	assert.Equal(t, slots, c.count("aws:rds/instance:Instance"))
}

// writeTenant writes the file of a tenant with that slot, which has all the listener rules that there are.
func (c *clone) writeTenant(slot int) {
	require.NoError(c.t, os.WriteFile(c.stackFile(fmt.Sprintf("demo-t%d", slot)), fmt.Appendf(nil, `config:
  haven:role: tenant
  haven:tenant:
    cell: demo-cell
    slot: %d
    maintenancePage: true
    identity:
      mode: password
      noticesFrom: arn:aws:ses:eu-west-1:123456789012:identity/haven.example
      ssoOnly: true
    application:
      image: public.ecr.aws/haven-demo/processmaker:4.15
`, slot), 0o644))
}

// count is how many resources of that type the world holds.
func (c *clone) count(token string) int {
	found := 0
	for _, entry := range c.world() {
		if entry.Type == token {
			found++
		}
	}
	return found
}
