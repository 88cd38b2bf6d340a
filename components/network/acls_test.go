package network_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/tests/harness"
)

// passes says whether a network ACL lets TCP through in that direction, as AWS evaluates it: the first rule by number
// that matches decides, and where none does the packet is denied.
func passes(acl harness.Declared, direction, peer string, port float64) bool {
	rules, _ := acl.Input(direction).([]any)
	byNumber := func(a, b any) int {
		return int(a.(map[string]any)["ruleNo"].(float64) - b.(map[string]any)["ruleNo"].(float64))
	}
	for _, each := range slices.SortedFunc(slices.Values(rules), byNumber) {
		rule := each.(map[string]any)
		within := netip.MustParsePrefix(rule["cidrBlock"].(string)).Contains(netip.MustParseAddr(peer))
		if within && rule["protocol"] == "tcp" && rule["fromPort"].(float64) <= port && port <= rule["toPort"].(float64) {
			return rule["action"] == "allow"
		}
	}
	return false
}

// TestACLs follows a connection through the network ACLs of the subnets it leaves and enters, and its answers back.
func TestACLs(t *testing.T) {
	t.Parallel()
	const (
		internet = "203.0.113.9"
		public   = "10.20.32.9"  // zone a
		private  = "10.20.64.9"  // zone b
		sibling  = "10.20.128.9" // private, zone c
		isolated = "10.20.168.9" // zone c
		answer   = 32768         // an ephemeral port
	)
	r, _ := declare(t)
	acls := map[string]harness.Declared{}
	for address, tier := range map[string]string{
		public: "public", private: "private", sibling: "private", isolated: "isolated"} {
		acls[address] = r.One(t, "aws:ec2/networkAcl:NetworkAcl", "network-"+tier+"-acl")
	}
	// connects says whether a connection can be made and answered; outside of the VPC nothing is filtered.
	connects := func(from, to string, port float64) bool {
		forth, back := true, true
		if acl, ok := acls[from]; ok {
			forth = passes(acl, "egress", to, port)
			back = passes(acl, "ingress", to, answer)
		}
		if acl, ok := acls[to]; ok {
			forth = forth && passes(acl, "ingress", from, port)
			back = back && passes(acl, "egress", from, answer)
		}
		return forth && back
	}
	tests := []struct {
		what     string
		from, to string
		port     float64
		want     bool
	}{
		{"clients reach the load balancer", internet, public, 443, true},
		{"clients are redirected", internet, public, 80, true},
		{"nobody signs in", internet, public, 22, false},
		{"the load balancer reaches applications", public, private, 8080, true},
		{"the load balancer reaches no shell", public, private, 22, false},
		{"applications reach endpoints in another zone", private, sibling, 443, true},
		{"applications reach HTTPS anywhere", private, internet, 443, true},
		{"NAT gateways take them there", public, internet, 443, true},
		{"NAT gateways take their requests", private, public, 443, true},
		{"applications send no mail", private, internet, 25, false},
		{"applications reach databases", private, isolated, 3306, true},
		{"applications reach caches", private, isolated, 6379, true},
		{"applications reach files", private, isolated, 2049, true},
		{"the load balancer reaches no cache", public, isolated, 6379, false},
		{"the internet reaches no files", internet, isolated, 2049, false},
		{"applications reach nothing else of databases", private, isolated, 443, false},
		{"the load balancer reaches no database", public, isolated, 3306, false},
		{"the internet reaches no database", internet, isolated, 3306, false},
		{"databases reach nothing outside", isolated, internet, 443, false},
		{"databases reach no application", isolated, private, 8080, false},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, connects(test.from, test.to, test.port), test.what)
	}
}

func TestACLsOfTiers(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	acls := r.OfType("aws:ec2/networkAcl:NetworkAcl")
	assert.Len(t, acls, 3)
	tooLarge := map[string]any{"action": "allow", "protocol": "icmp", "icmpType": 3.0, "icmpCode": 4.0,
		"cidrBlock": "0.0.0.0/0", "fromPort": 0.0, "toPort": 0.0}
	for _, acl := range acls {
		tier := acl.Input("tags.Name").(string)[len("demo-cell-"):]
		assert.Equal(t, []any{"network-" + tier + "-a-id", "network-" + tier + "-b-id", "network-" + tier + "-c-id"},
			acl.Input("subnetIds"))
		for _, direction := range []string{"ingress", "egress"} {
			rules := acl.Input(direction).([]any)
			assert.LessOrEqual(t, len(rules), 20, "AWS's quota of rules in each direction")
			hears := false
			for i, each := range rules {
				rule := each.(map[string]any)
				assert.Equal(t, float64(100+10*i), rule["ruleNo"])
				delete(rule, "ruleNo")
				hears = hears || assert.ObjectsAreEqual(tooLarge, rule)
			}
			assert.Equal(t, tier != "isolated", hears, "%s %s: ICMP on packets too large", tier, direction)
		}
	}
}
