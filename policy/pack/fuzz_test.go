package pack_test

import (
	"context"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	whole "haven/policy/library"
	"haven/policy/rules"
)

// FuzzAnalyzer holds the whole library against any properties of any type, as an engine could send them: it answers, or
// says what it cannot read, and no rule and no proof breaks.
func FuzzAnalyzer(f *testing.F) {
	const unknown, secret = "04da6b54-80e4-46f7-96ec-b56ff0331ba9", `{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": {"a": 1}}`
	all := whole.All()
	var tokens []string
	for _, rule := range all.Rules {
		tokens = append(tokens, rule.Types...)
	}
	for i, properties := range []string{
		`{}`, `{"policy": 3}`, `{"policy": "{"}`, `{"policy": "` + unknown + `"}`, `{"containerDefinitions": "[{\"environment\": 1}]"}`,
		`{"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": [\"` + unknown + `\"]}]}"}`,
		`{"rules": [null, {}, [1], "x", ` + secret + `]}`, `{"ingress": {"cidrBlocks": ["` + unknown + `", 1, null]}, "tags": "none"}`,
		`{"tenant": {"state": 1, "tier": []}, "cell": "x", "vpcId": {"a": "b"}, "subnets": ` + secret + `}`,
	} {
		f.Add(uint16(i*37), properties)
	}
	f.Fuzz(func(t *testing.T, kind uint16, properties string) {
		var sent structpb.Struct
		if protojson.Unmarshal([]byte(properties), &sent) != nil {
			return
		}
		a := started(t, all, "")
		for _, token := range []string{tokens[int(kind)%len(tokens)], rules.Stack} {
			_, err := a.Analyze(context.Background(), &pulumirpc.AnalyzeRequest{Urn: urn(token, "r"), Type: token, Properties: &sent})
			if err != nil {
				assert.NotContains(t, err.Error(), "broken")
				return
			}
			_, err = a.AnalyzeStack(context.Background(), &pulumirpc.AnalyzeStackRequest{Resources: []*pulumirpc.AnalyzerResource{
				{Urn: urn(token, "r"), Type: token, Properties: &sent},
				{Urn: urn(rules.Stack, "haven-demo"), Type: rules.Stack, Properties: &sent},
			}})
			if err != nil {
				assert.NotContains(t, err.Error(), "broken")
			}
		}
	})
}
