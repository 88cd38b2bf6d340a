package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func answers(more settings) settings {
	return settings{"name": "more", "configuration": settings{"resultConfiguration": more}}
}

func encrypted(option, key string) settings {
	return settings{"encryptionConfiguration": settings{"encryptionOption": option, "kmsKeyArn": key}}
}

func TestQueriesAndTables(t *testing.T) {
	each(t, func(t *testing.T) *site {
		s := full(t)
		s.make(glueDatabase, settings{"name": "requests"})
		s.make(glueTable, settings{"databaseName": "requests", "name": "firewall"})
		s.make(athenaWorkgroup, settings{"name": "requests"})
		return s
	}, func(s *site) []attempt {
		query := settings{"name": "addresses", "database": "requests", "workgroup": "requests", "query": "SELECT 1"}
		return []attempt{
			{"database", glueDatabase, settings{"name": "other"}, ""},
			{"database taken", glueDatabase, settings{"name": "requests"},
				"CreateDatabase, https response error StatusCode: 400, api error AlreadyExistsException"},
			{"capitals", glueDatabase, settings{"name": "Requests"}, "uppercase characters cannot be used"},
			{"table", glueTable, settings{"databaseName": "requests", "name": "other"}, ""},
			{"table taken", glueTable, settings{"databaseName": "requests", "name": "firewall"},
				"api error AlreadyExistsException: Table already exists."},
			{"table of nothing", glueTable, settings{"databaseName": "none", "name": "firewall"},
				"api error EntityNotFoundException: Database none not found."},
			{"workgroup", athenaWorkgroup, settings{"name": "other"}, ""},
			{"workgroup taken", athenaWorkgroup, settings{"name": "requests"}, "WorkGroup requests is already created"},
			{"odd workgroup", athenaWorkgroup, settings{"name": "a b"}, "must contain only alphanumeric characters"},
			{"low cutoff", athenaWorkgroup, settings{"name": "more", "configuration": settings{"bytesScannedCutoffPerQuery": 1}},
				"expected bytes_scanned_cutoff_per_query to be at least (10485760), got 1"},
			{"answers", athenaWorkgroup, answers(with(encrypted("SSE_S3", ""), settings{"outputLocation": "s3://b/"})), ""},
			{"answers nowhere", athenaWorkgroup, answers(settings{"outputLocation": "b"}), "outputLocation is not a valid S3 path"},
			{"answers by key", athenaWorkgroup, answers(encrypted("SSE_KMS", s.key.Text("arn"))), ""},
			{"answers by no key", athenaWorkgroup, answers(encrypted("SSE_KMS", "")), "A KMS key is required"},
			{"answers by another key", athenaWorkgroup, answers(encrypted("SSE_KMS", "arn:k")), "KMS key arn:k is not found"},
			{"key for nothing", athenaWorkgroup, answers(encrypted("SSE_S3", s.key.Text("arn"))), "A KMS key is required"},
			{"query", athenaNamedQuery, query, ""},
			{"query in the first workgroup", athenaNamedQuery, with(query, settings{"workgroup": "primary"}), ""},
			{"query in no workgroup", athenaNamedQuery, with(query, settings{"workgroup": "none"}), "WorkGroup none is not found."},
			{"long query", athenaNamedQuery, with(query, settings{"query": strings.Repeat("x", 262145)}),
				"expected length of query to be in the range (1 - 262144), got 262145"},
		}
	})
}

func TestCatalogIDs(t *testing.T) {
	s := full(t)
	database := s.make(glueDatabase, settings{"name": "requests"})
	assert.Equal(t, "123456789012:requests", database.ID)
	assert.Equal(t, "arn:aws:glue:eu-west-1:123456789012:database/requests", database.Text("arn"))
	table := s.make(glueTable, settings{"databaseName": "requests", "name": "firewall"})
	assert.Equal(t, "123456789012:requests:firewall", table.ID)
	assert.Equal(t, "arn:aws:glue:eu-west-1:123456789012:table/requests/firewall", table.Text("arn"))
	assert.Equal(t, "123456789012", table.Text("catalogId"))
}

func TestWorkgroupWithQueriesStays(t *testing.T) {
	s := full(t)
	group := s.make(athenaWorkgroup, settings{"name": "requests"})
	query := s.make(athenaNamedQuery, settings{"name": "q", "database": "d", "workgroup": "requests", "query": "SELECT 1"})
	assert.ErrorContains(t, s.delete(group), "api error InvalidRequestException: WorkGroup requests is not empty")
	assert.NoError(t, s.delete(query))
	assert.NoError(t, s.delete(group))
	forced := s.make(athenaWorkgroup, settings{"name": "forced", "forceDestroy": true})
	s.make(athenaNamedQuery, settings{"name": "q", "database": "d", "workgroup": "forced", "query": "SELECT 1"})
	assert.NoError(t, s.delete(forced))
}
