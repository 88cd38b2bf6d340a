package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/access"
)

func TestClauses(t *testing.T) {
	t.Parallel()
	const text = `{"Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"` + roleARN + `"},` +
		`"Action":"s3:GetObject","Resource":["` + object + `"],` +
		`"Condition":{"ForAnyValue:StringNotEqualsIfExists":{"aws:SourceAccount":["1","0"]}}},` +
		`{"Effect":"Deny","NotPrincipal":"*","NotAction":"s3:*","NotResource":"*"}]}`
	assert.Equal(t, []access.Clause{
		{
			At:         access.Statement{Policy: "bucket", Number: 1, Sid: "Read"},
			Principals: map[access.Kind][]string{access.AWS: {roleARN}},
			Actions:    []string{"s3:GetObject"}, Resources: []string{object},
			Conditions: []access.Restriction{{Key: "aws:SourceAccount", Values: []string{"0", "1"}, Operator: "StringNotEquals",
				Negated: true, IfExists: true}},
		},
		{
			At: access.Statement{Policy: "bucket", Number: 2}, Deny: true,
			NotPrincipals: map[access.Kind][]string{access.AWS: {"*"}},
			NotActions:    []string{"s3:*"}, NotResources: []string{"*"},
		},
	}, parse(t, "bucket", text)[0].Clauses())
}
