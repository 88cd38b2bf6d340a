package cloud

import "testing"

func TestLogGroups(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(logGroup, settings{"name": "/haven/taken"})
		closed := s.make(kmsKey, settings{}).Text("arn")
		key := func(name, arn string) settings { return settings{"name": name, "kmsKeyId": arn} }
		return []attempt{
			{"encrypted", logGroup, key("/haven/a", s.key.Text("arn")), ""},
			{"taken", logGroup, settings{"name": "/haven/taken"},
				"api error ResourceAlreadyExistsException: The specified log group already exists"},
			{"retention", logGroup, settings{"name": "a", "retentionInDays": 100},
				"expected retention_in_days to be one of [0 1 3"},
			{"name", logGroup, settings{"name": "a b"}, "isn't a valid log group name"},
			{"key that does not admit the service", logGroup, key("/haven/a", closed),
				"api error AccessDeniedException: The specified KMS key" +
					" does not exist or is not allowed to be used with Arn" +
					" 'arn:aws:logs:eu-west-1:123456789012:log-group:/haven/a'"},
			{"key that admits other groups", logGroup, key("/other/a", s.key.Text("arn")), "log-group:/other/a'"},
			{"no such key", logGroup, key("/haven/a", "arn:aws:kms:eu-west-1:123456789012:key/x"),
				"api error AccessDeniedException"},
		}
	})
}
