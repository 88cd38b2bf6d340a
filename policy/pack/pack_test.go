package pack_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	generate "github.com/pulumi/pulumi/sdk/v3/go/property/testing"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/pack"
	"haven/policy/rules"
)

const (
	bucket = "aws:s3/bucketV2:BucketV2"
	object = "aws:s3/bucketObjectv2:BucketObjectv2"
)

func urn(token, name string) string { return "urn:pulumi:demo::haven::" + token + "::" + name }

var library = check.Library{
	Rules: []rules.Rule{
		{
			ID: "short", Title: "Names are short", Severity: rules.Medium, Types: []string{bucket}, Frameworks: []string{"X.1"},
			Parameters: map[string]property.Value{"most": property.New(5.0)},
			Check: func(l *rules.Look) {
				if len(l.Text("bucket")) > int(l.NumberParameter("most")) {
					l.Refuse("bucket", "a short name", "shorten it")
				}
			},
		},
		{
			ID: "filled", Title: "Buckets hold something", Severity: rules.High, Types: []string{bucket}, Whole: true,
			Check: func(l *rules.Look) {
				if len(l.Naming(object, "bucket")) == 0 {
					l.RefuseFound("", "it is empty", "an object", "add one", l.Resource)
				}
			},
		},
	},
	Proofs: []check.Proof{
		{ID: "alone", Title: "Proven alone", Alone: true, Check: func(*graph.Graph) []graph.Finding { return nil }},
		{ID: "together", Title: "Proven together", Check: func(*graph.Graph) []graph.Finding { panic("not alone") }},
	},
}

func started(t *testing.T, library check.Library, exceptions string) *pack.Analyzer {
	t.Helper()
	a := pack.New(library, []byte(exceptions))
	_, err := a.Handshake(context.Background(), &pulumirpc.AnalyzerHandshakeRequest{})
	require.NoError(t, err)
	return a
}

func fields(t require.TestingT, m property.Map) *structpb.Struct {
	sent, err := plugin.MarshalProperties(resource.ToResourcePropertyMap(m),
		plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true})
	require.NoError(t, err)
	return sent
}

func named(name property.Value) property.Map {
	return property.NewMap(map[string]property.Value{"bucket": name})
}

func analyze(t *testing.T, a *pack.Analyzer, name property.Value) ([]*pulumirpc.AnalyzeDiagnostic, error) {
	t.Helper()
	response, err := a.Analyze(context.Background(), &pulumirpc.AnalyzeRequest{
		Urn: urn(bucket, "b"), Type: bucket, Properties: fields(t, named(name)),
	})
	return response.GetDiagnostics(), err
}

// stack is what the engine sends at the end: the stack, the bucket b, and an object in it that depends on `on`.
func stack(t *testing.T, name property.Value, on string) *pulumirpc.AnalyzeStackRequest {
	t.Helper()
	return &pulumirpc.AnalyzeStackRequest{Resources: []*pulumirpc.AnalyzerResource{
		{Urn: urn(object, "o"), Type: object, Properties: fields(t, named(property.New(property.Computed))),
			PropertyDependencies: map[string]*pulumirpc.AnalyzerPropertyDependencies{"bucket": {Urns: []string{on}}}},
		{Urn: urn(bucket, "b"), Type: bucket, Properties: fields(t, named(name))},
		{Urn: urn(rules.Stack, "haven-demo"), Type: rules.Stack},
	}}
}

var long = property.New("a-long-name")

func TestInfo(t *testing.T) {
	t.Parallel()
	info, err := started(t, library, "").GetAnalyzerInfo(context.Background(), &emptypb.Empty{})
	require.NoError(t, err)
	assert.Equal(t, "haven", info.Name)
	assert.True(t, info.SupportsConfig)
	var names []string
	for _, p := range info.Policies {
		names = append(names, p.Name)
		assert.Equal(t, pulumirpc.EnforcementLevel_MANDATORY, p.EnforcementLevel, p.Name)
	}
	assert.Equal(t, []string{"short", "filled", "alone", "together", exceptions.Expired, exceptions.Unused, check.TooUndecided}, names)
	short, filled := info.Policies[0], info.Policies[1]
	assert.Equal(t, "Names are short", short.Description)
	assert.Equal(t, []string{"X.1"}, short.Tags)
	assert.Equal(t, pulumirpc.PolicySeverity_POLICY_SEVERITY_MEDIUM, short.Severity)
	assert.Equal(t, map[string]any{"most": map[string]any{"type": "number", "default": 5.0}}, short.ConfigSchema.Properties.AsMap())
	assert.Equal(t, pulumirpc.PolicyType_POLICY_TYPE_STACK, short.PolicyType)
	assert.Equal(t, pulumirpc.PolicyType_POLICY_TYPE_STACK, filled.PolicyType)
	assert.Nil(t, filled.ConfigSchema)
}

func TestAResourceIsRefused(t *testing.T) {
	t.Parallel()
	a := started(t, library, "")
	found, err := analyze(t, a, long)
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, "short", found[0].PolicyName)
	assert.Equal(t, "fix: shorten it\nbucket is \"a-long-name\"; expected a short name", found[0].Message)
	assert.Equal(t, urn(bucket, "b"), found[0].Urn)
	assert.Equal(t, pulumirpc.EnforcementLevel_MANDATORY, found[0].EnforcementLevel)

	for name, value := range map[string]property.Value{"short": property.New("a"), "unknown": property.New(property.Computed)} {
		found, err = analyze(t, a, value)
		require.NoError(t, err)
		assert.Empty(t, found, name)
	}
}

func TestAStackIsRefused(t *testing.T) {
	t.Parallel()
	a := started(t, library, "")
	_, err := analyze(t, a, long)
	require.NoError(t, err)
	response, err := a.AnalyzeStack(context.Background(), stack(t, long, urn(rules.Stack, "haven-demo")))
	require.NoError(t, err)
	require.Len(t, response.Diagnostics, 1, "what was told of the resource is not told again")
	found := response.Diagnostics[0]
	assert.Equal(t, "filled", found.PolicyName)
	assert.Equal(t, "fix: add one\nit is empty; expected an object\nby way of b → b", found.Message)
	assert.Equal(t, pulumirpc.EnforcementLevel_MANDATORY, found.EnforcementLevel)

	response, err = a.AnalyzeStack(context.Background(), stack(t, long, urn(bucket, "b")))
	require.NoError(t, err)
	assert.Empty(t, response.Diagnostics)
}

// TestAPreviewIsToldAtItsEnd what an update is told before each resource is made, and what could not be read.
func TestAPreviewIsToldAtItsEnd(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	previewing := func() *pack.Analyzer {
		a := started(t, library, "")
		_, err := a.ConfigureStack(ctx, &pulumirpc.AnalyzerStackConfigureRequest{DryRun: true})
		require.NoError(t, err)
		return a
	}
	a := previewing()
	found, err := analyze(t, a, long)
	require.NoError(t, err)
	assert.Empty(t, found)
	response, err := a.AnalyzeStack(ctx, stack(t, property.New("a"), urn(rules.Stack, "haven-demo")))
	require.NoError(t, err)
	var policies []string
	for _, d := range response.Diagnostics {
		policies = append(policies, d.PolicyName)
		assert.Equal(t, urn(bucket, "b"), d.Urn)
		assert.Equal(t, pulumirpc.EnforcementLevel_MANDATORY, d.EnforcementLevel)
	}
	assert.Equal(t, []string{"short", "filled"}, policies, "what is declared counts, not what became of it")

	a = previewing()
	unreadable, err := structpb.NewStruct(map[string]any{"bucket": map[string]any{resource.SigKey: "none"}})
	require.NoError(t, err)
	_, err = a.Analyze(ctx, &pulumirpc.AnalyzeRequest{Urn: urn(bucket, "b"), Type: bucket, Properties: unreadable})
	require.NoError(t, err)
	_, err = a.AnalyzeStack(ctx, stack(t, property.New("a"), urn(bucket, "b")))
	assert.ErrorContains(t, err, urn(bucket, "b")+": unrecognized signature")
}

// TestNothingIsRemediated: an engine takes a pack without that method for one that changes nothing.
func TestNothingIsRemediated(t *testing.T) {
	t.Parallel()
	port, out := io.Pipe()
	go func() { _ = pack.Serve(library, nil, out) }()
	line, err := bufio.NewReader(port).ReadString('\n')
	require.NoError(t, err)
	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(line), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	client := pulumirpc.NewAnalyzerClient(conn)
	_, err = client.Remediate(context.Background(), &pulumirpc.AnalyzeRequest{Urn: urn(bucket, "b"), Type: bucket})
	assert.Equal(t, codes.Unimplemented, status.Code(err))
	info, err := client.GetPluginInfo(context.Background(), &emptypb.Empty{})
	require.NoError(t, err)
	assert.Equal(t, pack.Version, info.Version)
}

func TestWhatIsUndecidedIsToldAndCapped(t *testing.T) {
	t.Parallel()
	a := started(t, library, "")
	request := stack(t, property.New(property.Computed), urn(bucket, "b"))
	response, err := a.AnalyzeStack(context.Background(), request)
	require.NoError(t, err)
	require.Len(t, response.Diagnostics, 2)
	assert.Contains(t, response.Diagnostics[0].Message, "1 of 3 outcomes are undecided (33.3 %); expected at most 2 %")
	assert.Equal(t, pulumirpc.EnforcementLevel_MANDATORY, response.Diagnostics[0].EnforcementLevel)
	assert.Equal(t, "1 of 4 outcomes are undecided:\nshort of b: not known yet: bucket", response.Diagnostics[1].Message)
	assert.Equal(t, pulumirpc.EnforcementLevel_ADVISORY, response.Diagnostics[1].EnforcementLevel)

	configure(t, a, map[string]*pulumirpc.PolicyConfig{check.TooUndecided: config(t, pulumirpc.EnforcementLevel_MANDATORY,
		map[string]any{"mostPercent": 40.0})})
	response, err = a.AnalyzeStack(context.Background(), request)
	require.NoError(t, err)
	require.Len(t, response.Diagnostics, 1)
	assert.Equal(t, pulumirpc.EnforcementLevel_ADVISORY, response.Diagnostics[0].EnforcementLevel)
}

func config(t *testing.T, level pulumirpc.EnforcementLevel, parameters map[string]any) *pulumirpc.PolicyConfig {
	t.Helper()
	properties, err := structpb.NewStruct(parameters)
	require.NoError(t, err)
	return &pulumirpc.PolicyConfig{EnforcementLevel: level, Properties: properties}
}

func configure(t *testing.T, a *pack.Analyzer, config map[string]*pulumirpc.PolicyConfig) {
	t.Helper()
	_, err := a.Configure(context.Background(), &pulumirpc.ConfigureAnalyzerRequest{PolicyConfig: config})
	require.NoError(t, err)
}

func TestLevelsAndParameters(t *testing.T) {
	t.Parallel()
	a := started(t, library, "")
	levels := map[pulumirpc.EnforcementLevel]pulumirpc.EnforcementLevel{
		pulumirpc.EnforcementLevel_ADVISORY:  pulumirpc.EnforcementLevel_ADVISORY,
		pulumirpc.EnforcementLevel_MANDATORY: pulumirpc.EnforcementLevel_MANDATORY,
		pulumirpc.EnforcementLevel_REMEDIATE: pulumirpc.EnforcementLevel_MANDATORY,
	}
	for given, want := range levels {
		configure(t, a, map[string]*pulumirpc.PolicyConfig{"short": config(t, given, nil)})
		found, err := analyze(t, a, long)
		require.NoError(t, err)
		require.Len(t, found, 1)
		assert.Equal(t, want, found[0].EnforcementLevel)
	}
	configure(t, a, map[string]*pulumirpc.PolicyConfig{
		"short":  config(t, pulumirpc.EnforcementLevel_DISABLED, nil),
		"filled": config(t, pulumirpc.EnforcementLevel_MANDATORY, nil),
	})
	found, err := analyze(t, a, long)
	require.NoError(t, err)
	assert.Empty(t, found)
	configure(t, a, map[string]*pulumirpc.PolicyConfig{
		"short": config(t, pulumirpc.EnforcementLevel_MANDATORY, map[string]any{"most": 50.0}),
	})
	found, err = analyze(t, a, long)
	require.NoError(t, err)
	assert.Empty(t, found)

	_, err = a.Configure(context.Background(), &pulumirpc.ConfigureAnalyzerRequest{PolicyConfig: map[string]*pulumirpc.PolicyConfig{
		"shorter": {},
		"short":   config(t, pulumirpc.EnforcementLevel_MANDATORY, map[string]any{"most": "5", "least": 3.0}),
	}})
	assert.ErrorContains(t, err, `short has no parameter "least"`)
	assert.ErrorContains(t, err, "short: most is a string; expected a number like")
	assert.ErrorContains(t, err, `there is no policy "shorter"`)
}

func TestExceptions(t *testing.T) {
	t.Parallel()
	const accepted = `exceptions:
  - {rule: short, resource: "demo::b", owner: a, approver: b, reason: c, expires: "%s"}
`
	tomorrow := time.Now().AddDate(0, 0, 1).UTC().Format(time.DateOnly)
	a := started(t, library, fmt.Sprintf(accepted, tomorrow))
	found, err := analyze(t, a, long)
	require.NoError(t, err)
	assert.Empty(t, found)
	response, err := a.AnalyzeStack(context.Background(), stack(t, long, urn(bucket, "b")))
	require.NoError(t, err)
	require.Len(t, response.Diagnostics, 1)
	assert.Equal(t, pulumirpc.EnforcementLevel_ADVISORY, response.Diagnostics[0].EnforcementLevel)
	assert.Equal(t, `excepted: bucket is "a-long-name"; expected a short name: shorten it (accepted by b until `+tomorrow+
		": c; owner: a)", response.Diagnostics[0].Message)

	response, err = started(t, library, fmt.Sprintf(accepted, tomorrow)).AnalyzeStack(context.Background(),
		stack(t, property.New("a"), urn(bucket, "b")))
	require.NoError(t, err)
	require.Len(t, response.Diagnostics, 1)
	assert.Equal(t, exceptions.Unused, response.Diagnostics[0].PolicyName)
	assert.Equal(t, pulumirpc.EnforcementLevel_MANDATORY, response.Diagnostics[0].EnforcementLevel)
}

func TestAMalformedFileOfExceptionsStopsEverything(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for file, want := range map[string]string{
		"exceptions: 3":                 "the policy pack cannot start: exceptions: line 1: exceptions must be a list",
		"exceptions: [{rule: shorter}]": `line 1: there is no rule "shorter"`,
	} {
		a := started(t, library, file)
		_, err := a.ConfigureStack(ctx, &pulumirpc.AnalyzerStackConfigureRequest{})
		assert.ErrorContains(t, err, want)
		_, err = a.GetAnalyzerInfo(ctx, &emptypb.Empty{})
		assert.ErrorContains(t, err, want)
		_, err = analyze(t, a, property.New("a"))
		assert.ErrorContains(t, err, want)
		_, err = a.AnalyzeStack(ctx, stack(t, long, urn(bucket, "b")))
		assert.ErrorContains(t, err, want)
	}
}

func TestABrokenRuleIsAnError(t *testing.T) {
	t.Parallel()
	a := started(t, check.Library{Rules: []rules.Rule{
		{ID: "broken", Types: []string{bucket}, Check: func(*rules.Look) { panic("no") }},
	}}, "")
	_, err := analyze(t, a, long)
	assert.ErrorContains(t, err, "the rule broken is broken: it panicked on "+urn(bucket, "b")+": no")
	_, err = a.AnalyzeStack(context.Background(), stack(t, long, ""))
	assert.ErrorContains(t, err, "the rule broken is broken")
}

// sendable are the values that the protocol can carry: no text that is not in UTF-8.
func sendable(depth int) *rapid.Generator[property.Value] {
	return generate.Value(depth).Filter(func(v property.Value) bool {
		_, err := plugin.MarshalPropertyValue("x", resource.ToResourcePropertyValue(v), plugin.MarshalOptions{
			KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
		})
		return err == nil
	})
}

// Whatever the engine sends, it is answered, or refused with an error that is not a panic.
func TestAnythingCanBeSent(t *testing.T) {
	t.Parallel()
	a := started(t, library, "")
	rapid.Check(t, func(t *rapid.T) {
		sent := fields(t, property.NewMap(map[string]property.Value{
			"bucket": sendable(3).Draw(t, "bucket"), "id": sendable(2).Draw(t, "id"),
		}))
		urn := rapid.OneOf(rapid.Just(urn(bucket, "b")), rapid.String()).Draw(t, "urn")
		token := rapid.SampledFrom([]string{bucket, object, rules.Stack, ""}).Draw(t, "type")
		_, err := a.Analyze(context.Background(), &pulumirpc.AnalyzeRequest{Urn: urn, Type: token, Properties: sent})
		require.NoError(t, err)
		_, err = a.AnalyzeStack(context.Background(), &pulumirpc.AnalyzeStackRequest{Resources: []*pulumirpc.AnalyzerResource{
			{Urn: urn, Type: token, Properties: sent}, {Urn: "urn:pulumi:demo::haven::x::y", Type: rules.Stack},
		}})
		require.NoError(t, err)
	})
}
