package graph_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/graph"
)

const export = `{"version": 3, "deployment": {"manifest": {"time": "2026-11-21T00:00:00Z", "magic": "", "version": ""},
"resources": [
  {"urn": "urn:pulumi:demo-cell::haven::pulumi:pulumi:Stack::haven-demo-cell", "custom": false,
   "type": "pulumi:pulumi:Stack", "outputs": {"cell": {"slots": 25}}},
  {"urn": "urn:pulumi:demo-cell::haven::pulumi:providers:aws::recovery", "custom": true, "id": "1",
   "type": "pulumi:providers:aws", "inputs": {"region": "eu-central-1"}, "outputs": {"region": "eu-central-1"}},
  {"urn": "urn:pulumi:demo-cell::haven::aws:s3/bucketV2:BucketV2::copies", "custom": true, "id": "copies-1",
   "type": "aws:s3/bucketV2:BucketV2", "parent": "urn:pulumi:demo-cell::haven::pulumi:pulumi:Stack::haven-demo-cell",
   "provider": "urn:pulumi:demo-cell::haven::pulumi:providers:aws::recovery::1",
   "inputs": {"bucket": "copies-1"}, "outputs": {"bucket": "copies-1", "arn": "arn:aws:s3:::copies-1", "grants": [{"id": "a"}],
     "secret": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}}},
  {"urn": "urn:pulumi:demo-cell::haven::aws:s3/bucketV2:BucketV2::old", "custom": true, "id": "old-1", "delete": true,
   "type": "aws:s3/bucketV2:BucketV2"}
]}}`

const bucket = "aws:s3/bucketV2:BucketV2"

func TestRead(t *testing.T) {
	t.Parallel()
	g, err := graph.Read([]byte(export))
	require.NoError(t, err)
	assert.Len(t, g.All(), 3, "what is about to be deleted is no part of it")
	assert.Equal(t, []string{"demo-cell"}, g.Stacks())
	assert.InDelta(t, 25, g.Exports("demo-cell").Get("cell").AsMap().Get("slots").AsNumber(), 0)
	assert.Zero(t, g.Exports("demo-acme").Len())

	copies := g.First(bucket, "arn", "arn:aws:s3:::copies-1")
	require.NotNil(t, copies)
	assert.Equal(t, "copies", copies.Name())
	assert.Equal(t, "demo-cell", copies.Stack)
	assert.Equal(t, "eu-central-1", copies.Region)
	assert.Equal(t, copies, g.First(bucket, "id", "copies-1"))
	assert.Equal(t, copies, g.First(bucket, "grants[*].id", "a"))
	assert.Equal(t, copies, g.ByURN(copies.URN))
	assert.Nil(t, g.First(bucket, "arn", ""))
	assert.Nil(t, g.First(bucket, "id", "old-1"))
	assert.Empty(t, g.ByURN(copies.Parent).Region)

	without := g.Map(func(r *graph.Resource) *graph.Resource {
		if r == copies {
			return nil
		}
		return r
	})
	assert.Nil(t, without.ByURN(copies.URN))
	assert.Len(t, without.All(), 2)
	assert.Len(t, g.All(), 3)

	secret := copies.Outputs.Get("secret")
	assert.True(t, secret.Secret())
	assert.True(t, secret.IsComputed())
}

func TestWhatIsNoExport(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                               "export 1: it holds no deployment; expected what `pulumi stack export` writes: unexpected end of JSON input",
		`{"version": 2}`:                 "export 1: it has version 2 of the format, expected 3",
		`{"version": 3, "deployment":7}`: "export 1: it holds no deployment; expected what `pulumi stack export` writes",
	} {
		_, err := graph.Read([]byte(text))
		assert.ErrorContains(t, err, want)
	}
}

const preview = `{"config": {}, "steps": [
  {"op": "create", "urn": "urn:pulumi:demo::haven::aws:s3/bucketV2:BucketV2::a", "newState": {
    "urn": "urn:pulumi:demo::haven::aws:s3/bucketV2:BucketV2::a", "custom": true, "type": "aws:s3/bucketV2:BucketV2",
    "inputs": {"bucket": "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "token": "[secret]", "acl": "private"},
    "propertyDependencies": {"bucket": ["urn:pulumi:demo::haven::x:x:X::x"], "acl": null}}},
  {"op": "create", "urn": "urn:pulumi:demo::haven::aws:s3/bucketV2:BucketV2::a", "newState": {
    "urn": "urn:pulumi:demo::haven::aws:s3/bucketV2:BucketV2::a", "custom": true, "type": "aws:s3/bucketV2:BucketV2",
    "inputs": {"bucket": "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "token": "[secret]", "acl": "public"},
    "propertyDependencies": {"bucket": ["urn:pulumi:demo::haven::x:x:X::x"], "acl": null}}},
  {"op": "delete", "urn": "urn:pulumi:demo::haven::aws:s3/bucketV2:BucketV2::b", "oldState": {}}
]}`

func TestReadASavedPreview(t *testing.T) {
	t.Parallel()
	g, err := graph.Read([]byte(preview))
	require.NoError(t, err)
	require.Len(t, g.All(), 1)
	a := g.All()[0]
	assert.True(t, a.Inputs.Get("bucket").IsComputed())
	assert.True(t, a.Inputs.Get("token").IsComputed())
	assert.True(t, a.Inputs.Get("token").Secret())
	assert.Equal(t, "public", a.Inputs.Get("acl").AsString())
	assert.Equal(t, map[string][]string{"bucket": {"urn:pulumi:demo::haven::x:x:X::x"}}, a.Dependencies)
}

func TestWhatIsUnknownIsKnownByWhatItIsMadeFrom(t *testing.T) {
	t.Parallel()
	unknown := property.New(property.Computed)
	topic := &graph.Resource{URN: "urn:pulumi:a::b::aws:sns/topic:Topic::t", Type: "aws:sns/topic:Topic"}
	other := &graph.Resource{URN: "urn:pulumi:a::b::aws:sns/topic:Topic::o", Type: "aws:sns/topic:Topic"}
	policy := &graph.Resource{URN: "urn:pulumi:a::b::aws:sns/topicPolicy:TopicPolicy::p", Type: "aws:sns/topicPolicy:TopicPolicy",
		Dependencies: map[string][]string{"arn": {topic.URN}, "policy": {other.URN}}}
	alarm := func(on map[string][]string) *graph.Resource {
		return &graph.Resource{URN: "urn:pulumi:a::b::x::alarm", Type: "x", Dependencies: on, Inputs: property.NewMap(
			map[string]property.Value{"actions": property.New([]property.Value{unknown})})}
	}
	for name, test := range map[string]struct {
		on   map[string][]string
		want graph.Sure
	}{
		"not told":            {nil, graph.Maybe},
		"of nothing":          {map[string][]string{}, graph.No},
		"of it":               {map[string][]string{"actions": {topic.URN}}, graph.Yes},
		"of another":          {map[string][]string{"actions": {other.URN}}, graph.No},
		"of one of two":       {map[string][]string{"actions": {other.URN, topic.URN}}, graph.Maybe},
		"handed on by policy": {map[string][]string{"actions": {policy.URN}}, graph.Yes},
		"of another property": {map[string][]string{"other": {topic.URN}}, graph.No},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := alarm(test.on)
			g := graph.New([]*graph.Resource{topic, other, policy, from})
			assert.Equal(t, test.want, g.Names(from, "actions[*]", topic))
			assert.Equal(t, test.want, g.Names(from, "actions", topic))
		})
	}
}

func TestWithAnotherResource(t *testing.T) {
	t.Parallel()
	a := &graph.Resource{URN: "urn:pulumi:s::p::t::a", Type: "t", Stack: "s"}
	root := &graph.Resource{URN: "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s", Type: "pulumi:pulumi:Stack", Stack: "s",
		Outputs: property.NewMap(map[string]property.Value{"x": property.New("1")})}
	g := graph.New([]*graph.Resource{root, a})
	changed := &graph.Resource{URN: a.URN, Type: a.Type, Stack: "s", ID: "other"}
	with := g.With(a, changed)
	assert.Equal(t, []*graph.Resource{root, changed}, with.All())
	assert.Same(t, changed, with.ByURN(a.URN))
	assert.Equal(t, []*graph.Resource{changed}, with.OfType("t"))
	assert.Equal(t, "1", with.Exports("s").Get("x").AsString())

	without := g.With(a, nil)
	assert.Equal(t, []*graph.Resource{root}, without.All())
	assert.Nil(t, without.ByURN(a.URN))
	assert.Empty(t, without.OfType("t"))
	assert.Equal(t, []*graph.Resource{root, a}, g.All(), "the graph itself stays as it is")
	assert.Zero(t, g.With(root, nil).Exports("s").Len())
}

func TestTellingWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	a := &graph.Resource{URN: "urn:pulumi:s::p::c:c:C$t::a", Type: "t", Stack: "s"}
	var asked []string
	g := graph.New([]*graph.Resource{a}).Telling(func(token string) { asked = append(asked, token) })
	g.OfType("u")
	g.ByURN(a.URN)
	g.Where("v", "id", "x")
	g.Stacks()
	g.Exports("s")
	g.All()
	assert.Equal(t, []string{"u", "t", "v", "pulumi:pulumi:Stack", "pulumi:pulumi:Stack", graph.Everything}, asked)
}

// TestAnIDThatIsNotTold: an engine that tells no id of a resource tells still what was made from it.
func TestAnIDThatIsNotTold(t *testing.T) {
	t.Parallel()
	network := &graph.Resource{URN: "urn:pulumi:a::b::aws:ec2/vpc:Vpc::v", Type: "aws:ec2/vpc:Vpc"}
	other := &graph.Resource{URN: "urn:pulumi:a::b::aws:ec2/vpc:Vpc::o", Type: "aws:ec2/vpc:Vpc"}
	log := &graph.Resource{URN: "urn:pulumi:a::b::aws:ec2/flowLog:FlowLog::l", Type: "aws:ec2/flowLog:FlowLog",
		Dependencies: map[string][]string{"vpcId": {network.URN}},
		Inputs:       property.NewMap(map[string]property.Value{"vpcId": property.New("vpc-1")})}
	g := graph.New([]*graph.Resource{network, other, log})
	assert.Equal(t, graph.Yes, g.Names(log, "vpcId", network))
	assert.Equal(t, graph.No, g.Names(log, "vpcId", other))
	network.ID = "vpc-2"
	assert.Equal(t, graph.No, g.Names(log, "vpcId", network), "it is told, and is another")
}

// TestAListOfUnknownValuesNamesWhatItIsMadeFrom: as many values as there are resources are one of each.
func TestAListOfUnknownValuesNamesWhatItIsMadeFrom(t *testing.T) {
	t.Parallel()
	subnet := func(name string) *graph.Resource {
		return &graph.Resource{URN: "urn:pulumi:a::b::aws:ec2/subnet:Subnet::" + name, Type: "aws:ec2/subnet:Subnet"}
	}
	one, two := subnet("one"), subnet("two")
	for count, want := range map[int]graph.Sure{1: graph.Maybe, 2: graph.Yes} {
		list := make([]property.Value, count)
		for i := range list {
			list[i] = property.New(property.Computed)
		}
		balancer := &graph.Resource{URN: "urn:pulumi:a::b::x::balancer", Type: "x",
			Dependencies: map[string][]string{"subnets": {one.URN, two.URN}},
			Inputs:       property.NewMap(map[string]property.Value{"subnets": property.New(list)})}
		g := graph.New([]*graph.Resource{one, two, balancer})
		for _, s := range []*graph.Resource{one, two} {
			assert.Equal(t, want, g.Names(balancer, "subnets[*]", s), "%d values, %s", count, s.Name())
			assert.Equal(t, want, g.Names(balancer, "subnets", s), "%d values, %s", count, s.Name())
		}
	}
}
