package scripts_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/application/scripts"
)

func service() scripts.Service {
	return scripts.Service{
		BaseURL:      "https://scripts.example.net",
		TokenURL:     "https://id.example.net/realms/acme/protocol/openid-connect/token",
		CallbackPath: "/api/1.0/results",
		SecretARN:    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme/scripts-AbC123",
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const (
		url  = `, expected a URL that begins with "https://" and names a host; whoever runs the service tells it`
		path = `, expected a path that begins with "/"; the application's version decides it`
		arn  = "not shown, expected the whole ARN of a secret in Secrets Manager; store the tenant's own credentials " +
			"there, and name the secret here"
	)
	for name, test := range map[string]struct {
		change func(*scripts.Service)
		want   map[string]string
	}{
		"right": {func(*scripts.Service) {}, nil},
		"none":  {func(s *scripts.Service) { *s = scripts.Service{} }, nil},
		"in clear": {func(s *scripts.Service) { s.BaseURL = "http://scripts.example.net" },
			map[string]string{"BaseURL": `"http://scripts.example.net"` + url}},
		"no host": {func(s *scripts.Service) { s.BaseURL = "https://" }, map[string]string{"BaseURL": `"https://"` + url}},
		"a password in the URL": {func(s *scripts.Service) { s.TokenURL = "https://me:pw@id.example.net/token" },
			map[string]string{"TokenURL": `"https://me:pw@id.example.net/token"` + url}},
		"no path": {func(s *scripts.Service) { s.CallbackPath = "results" },
			map[string]string{"CallbackPath": `"results"` + path}},
		"part of an ARN": {func(s *scripts.Service) {
			s.SecretARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme/scripts"
		}, map[string]string{"SecretARN": arn}},
		"a secret": {func(s *scripts.Service) { s.SecretARN = "s3cr3t" }, map[string]string{"SecretARN": arn}},
		"one of four": {func(s *scripts.Service) { *s = scripts.Service{BaseURL: s.BaseURL} }, map[string]string{
			"TokenURL": `""` + url, "CallbackPath": `""` + path, "SecretARN": arn}},
	} {
		var got map[string]string
		s := service()
		test.change(&s)
		s.Check(func(field string, err error) {
			if got == nil {
				got = map[string]string{}
			}
			got[field] = err.Error()
		})
		assert.Equal(t, test.want, got, name)
	}
}
