package schema

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestDiff(t *testing.T) {
	const (
		vpc      = "aws:ec2/vpc:Vpc"
		subnet   = "aws:ec2/subnet:Subnet"
		group    = "aws:rds/subnetGroup:SubnetGroup"
		balancer = "aws:lb/loadBalancer:LoadBalancer"
		version  = "aws:secretsmanager/secretVersion:SecretVersion"
		database = "aws:rds/instance:Instance"
		task     = "aws:ecs/taskDefinition:TaskDefinition"
	)
	secret := func(text string) property.Value { return property.New(text).WithSecret(true) }
	tests := map[string]struct {
		token           string
		old, now, state m
		want            []Change
	}{
		"same": {token: vpc, old: m{"cidrBlock": "a", "tags": m{"x": "y"}},
			now: m{"cidrBlock": "a", "tags": m{"x": "y"}}},
		"replaced": {token: vpc, old: m{"cidrBlock": "a"}, now: m{"cidrBlock": "b"},
			want: []Change{{"cidrBlock", Updated, true}}},
		"updated": {token: vpc, old: m{"enableDnsHostnames": false}, now: m{"enableDnsHostnames": true},
			want: []Change{{"enableDnsHostnames", Updated, false}}},
		"an unknown of what cannot change": {token: subnet, old: m{"vpcId": "v"}, now: m{"vpcId": notKnown},
			want: []Change{{"vpcId", Updated, true}}},
		"tags": {token: vpc, old: m{"tags": m{"a": "1", "b": "1"}}, now: m{"tags": m{"b": "2", "c": "1"}},
			want: []Change{{"tags.a", Deleted, false}, {"tags.b", Updated, false}, {"tags.c", Added, false}}},
		"default is as good as given": {token: vpc, old: m{}, now: m{"enableDnsSupport": true}},
		"a given default taken back":  {token: vpc, old: m{"instanceTenancy": "default"}, now: m{}},
		"back to the default": {token: vpc, old: m{"enableDnsSupport": false}, now: m{},
			want: []Change{{"enableDnsSupport", Updated, false}}},
		"empty is as good as none": {token: balancer, old: m{}, now: m{"customerOwnedIpv4Pool": "", "tags": m{}}},
		"a computed one no longer given": {token: subnet, old: m{"availabilityZone": "a"}, now: m{},
			state: m{"availabilityZone": "a"}},
		"a computed one given as it is": {token: subnet, old: m{}, now: m{"availabilityZone": "a"},
			state: m{"availabilityZone": "a"}},
		"a computed one given otherwise": {token: subnet, old: m{}, now: m{"availabilityZone": "b"},
			state: m{"availabilityZone": "a"}, want: []Change{{"availabilityZone", Updated, true}}},
		"a set in another order": {token: group, old: m{"subnetIds": []any{"a", "b"}},
			now: m{"subnetIds": []any{"b", "a"}}},
		"a set with another element": {token: group, old: m{"subnetIds": []any{"a", "b"}},
			now:  m{"subnetIds": []any{"a", "c"}},
			want: []Change{{"subnetIds[1]", Updated, false}}},
		"a longer set": {token: group, old: m{"subnetIds": []any{"a"}}, now: m{"subnetIds": []any{"a", "b"}},
			want: []Change{{"subnetIds[1]", Added, false}}},
		"a secret of the same value": {token: version, old: m{"secretString": secret("a")},
			now: m{"secretString": "a"}},
		"a secret of another value": {token: version, old: m{"secretString": secret("a")},
			now:  m{"secretString": secret("b")},
			want: []Change{{"secretString", Updated, false}}},
		"nested in place": {token: balancer, old: m{"accessLogs": m{"bucket": "b", "enabled": true}},
			now: m{"accessLogs": m{"bucket": "b"}}, want: []Change{{"accessLogs.enabled", Updated, false}}},
		"nested replaced": {token: task,
			old:  m{"volumes": []any{m{"name": "v", "hostPath": "/a"}}},
			now:  m{"volumes": []any{m{"name": "v", "hostPath": "/b"}}},
			want: []Change{{"volumes[0].hostPath", Updated, true}}},
		"a block that cannot change comes": {token: database, old: m{},
			now:  m{"restoreToPointInTime": m{"restoreTime": "t"}},
			want: []Change{{"restoreToPointInTime", Added, true}}},
		"a block comes in place": {token: balancer, old: m{}, now: m{"accessLogs": m{"bucket": "b"}},
			want: []Change{{"accessLogs", Added, false}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := schemaOf(t, test.token).Diff(properties(test.old), properties(test.now), properties(test.state))
			assert.Equal(t, test.want, got)
		})
	}
}

func TestDiffOfAnythingWithItselfIsNone(t *testing.T) {
	tokens := Tokens()
	rapid.Check(t, func(rt *rapid.T) {
		typ, err := For(rapid.SampledFrom(tokens).Draw(rt, "token"))
		if err != nil {
			rt.Fatal(err)
		}
		inputs := draw(rt, typ.Inputs, 0).AsMap()
		if changes := typ.Diff(inputs, inputs, property.Map{}); len(changes) > 0 {
			rt.Fatalf("%s differs from itself: %v", typ.Token, changes)
		}
		if failures := typ.CheckOutputs(inputs); len(failures) > 0 {
			rt.Fatalf("%s: a value of the type is refused: %v", typ.Token, failures)
		}
		if back := typ.Returned(inputs, typ.Complete(inputs)); !back.Equals(inputs) {
			rt.Fatalf("%s: inputs come back changed from a cloud that did not drift", typ.Token)
		}
	})
}

// draw is any value of a shape.
func draw(rt *rapid.T, s *Shape, depth int) property.Value {
	switch s.Kind {
	case Bool:
		return property.New(rapid.Bool().Draw(rt, "bool"))
	case Int, Number:
		return property.New(float64(rapid.IntRange(-2, 2).Draw(rt, "number")))
	case List:
		elems := []property.Value{}
		for range rapid.IntRange(0, 2).Draw(rt, "length") {
			elems = append(elems, draw(rt, s.Elem, depth+1))
		}
		return property.New(elems)
	case Map:
		return property.New(map[string]property.Value{"key": draw(rt, s.Elem, depth+1)})
	case Object:
		fields := map[string]property.Value{}
		for _, name := range s.Names() {
			if depth < 3 && rapid.IntRange(0, 3).Draw(rt, "given") == 0 {
				fields[name] = draw(rt, s.Fields[name].Shape, depth+1)
			}
		}
		return property.New(fields)
	case Document:
		return property.New("{}")
	}
	return property.New(rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "text"))
}

func TestCompleteFillsDefaultsAndMarksSecrets(t *testing.T) {
	database := schemaOf(t, "aws:rds/instance:Instance").Complete(properties(m{
		"password": "p", "blueGreenUpdate": m{}, "instanceClass": notKnown,
	}))
	assert.True(t, database.Get("password").Secret())
	assert.Equal(t, property.New(true), database.Get("deleteAutomatedBackups"))
	assert.Equal(t, notKnown, database.Get("instanceClass"))
	balancer := schemaOf(t, "aws:lb/loadBalancer:LoadBalancer").Complete(properties(m{"accessLogs": m{"bucket": "b"}}))
	assert.Equal(t, value(m{"bucket": "b", "enabled": false}), balancer.Get("accessLogs"))
	assert.True(t, balancer.Get("connectionLogs").IsNull(), "a block that is not given stays so")
	role := schemaOf(t, "aws:iam/role:Role").Complete(properties(m{"assumeRolePolicy": m{"b": 1, "a": []any{"x"}}}))
	assert.Equal(t, property.New(`{"a":["x"],"b":1}`), role.Get("assumeRolePolicy"))
}

func TestPreviewKnowsInputsAndNotWhatTheCloudFillsIn(t *testing.T) {
	vpc := schemaOf(t, "aws:ec2/vpc:Vpc")
	fresh := vpc.Preview(properties(m{"enableDnsHostnames": true}), property.Map{})
	assert.Equal(t, property.New(true), fresh.Get("enableDnsHostnames"))
	assert.True(t, fresh.Get("arn").IsComputed())
	assert.True(t, fresh.Get("cidrBlock").IsComputed(), "an address pool may give it")
	assert.True(t, fresh.Get("ipv6NetmaskLength").IsNull(), "nobody fills it in")

	old := properties(m{"arn": "a", "cidrBlock": "a", "instanceTenancy": "d"})
	changed := vpc.Preview(properties(m{"cidrBlock": "b"}), old)
	assert.Equal(t, properties(m{"arn": "a", "cidrBlock": "b"}), changed, "what was given and is not any more is gone")
	assert.True(t, schemaOf(t, "aws:ec2/defaultRouteTable:DefaultRouteTable").
		Preview(property.Map{}, property.Map{}).Get("vpcId").IsComputed(), "without facts, what the SDK always has")
}

func TestReturnedShowsDrift(t *testing.T) {
	group := schemaOf(t, "aws:rds/subnetGroup:SubnetGroup")
	inputs := properties(m{"name": "n", "subnetIds": []any{"a", "b"}, "description": "d"})
	got := group.Returned(inputs, properties(m{"name": "n", "subnetIds": []any{"b", "a"}, "arn": "x"}))
	assert.Equal(t, properties(m{"name": "n", "subnetIds": []any{"a", "b"}}), got,
		"gone is gone, a set's order is nothing")
	balancer := schemaOf(t, "aws:lb/targetGroup:TargetGroup")
	block := properties(m{"healthCheck": m{"path": "/login"}})
	assert.Equal(t, block, balancer.Returned(block, properties(m{"healthCheck": m{"path": "/login", "port": "80"}})),
		"what the cloud added to a block is no drift")
	assert.Equal(t, properties(m{"healthCheck": m{"path": "/other"}}),
		balancer.Returned(block, properties(m{"healthCheck": m{"path": "/other", "port": "80"}})))
	got = group.Returned(inputs, inputs.Set("name", property.New("other")))
	assert.Equal(t, inputs.Set("name", property.New("other")), got)
}

func TestSetsAreComparedWithoutOrder(t *testing.T) {
	group := schemaOf(t, "aws:rds/subnetGroup:SubnetGroup")
	rapid.Check(t, func(rt *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.StringMatching(`subnet-[a-z]{3}`), 1, 5, rapid.ID).Draw(rt, "ids")
		shuffled := rapid.Permutation(ids).Draw(rt, "shuffled")
		list := func(ids []string) property.Map {
			elems := make([]property.Value, len(ids))
			for i, id := range ids {
				elems[i] = property.New(id)
			}
			return property.NewMap(map[string]property.Value{"subnetIds": property.New(elems)})
		}
		if changes := group.Diff(list(ids), list(shuffled), property.Map{}); len(changes) > 0 {
			rt.Fatalf("%v", changes)
		}
	})
}
