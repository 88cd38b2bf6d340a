package schema

import (
	"testing"

	"haven/infra/sandbox/facts"

	"github.com/stretchr/testify/assert"
)

func TestFactsSpeakOfTheSDKsProperties(t *testing.T) {
	for _, token := range Tokens() {
		typ, err := For(token)
		if assert.NoError(t, err) {
			assertKnown(t, token, typ.Facts, typ.Outputs)
		}
	}
}

func assertKnown(t *testing.T, path string, properties facts.Properties, shape *Shape) {
	for name, property := range properties {
		field := shape.Fields[name]
		if !assert.NotNil(t, field, "%s.%s: no such property in the SDK", path, name) || property.Fields == nil {
			continue
		}
		assertKnown(t, path+"."+name, property.Fields, block(field.Shape))
	}
}
