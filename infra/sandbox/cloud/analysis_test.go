package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnalysis(t *testing.T) {
	scan := func(id string, types ...string) settings {
		return settings{"accountIds": []string{id}, "resourceTypes": types}
	}
	each(t, newWorld, func(w *fakeWorld) []attempt {
		w.make(accessAnalyzer, settings{"analyzerName": "external"})
		unused := func(kind string, days int) settings {
			return settings{"analyzerName": "unused", "type": kind,
				"configuration": settings{"unusedAccess": settings{"unusedAccessAge": days}}}
		}
		return []attempt{
			{"scans", inspectorEnabler, scan(account, "ECR", "LAMBDA", "LAMBDA_CODE"), ""},
			{"code alone", inspectorEnabler, scan(account, "LAMBDA_CODE"), "LAMBDA_CODE cannot be enabled without LAMBDA"},
			{"others", inspectorEnabler, scan("210987654321", "ECR"), "StatusCode: 403, api error AccessDeniedException"},
			{"unused", accessAnalyzer, unused("ACCOUNT_UNUSED_ACCESS", 90), ""},
			{"too old", accessAnalyzer, unused("ACCOUNT_UNUSED_ACCESS", 366), "in the range (1 - 365), got 366"},
			{"unused of another kind", accessAnalyzer, unused("ORGANIZATION", 90), "is not valid for the type"},
			{"taken", accessAnalyzer, settings{"analyzerName": "external"}, "api error ConflictException"},
			{"second", accessAnalyzer, settings{"analyzerName": "more", "type": "ACCOUNT"},
				"api error ServiceQuotaExceededException"},
			{"name", accessAnalyzer, settings{"analyzerName": "1"}, "Member must satisfy regular expression pattern"},
		}
	})
	w := newWorld(t)
	assert.Equal(t, "123456789012-ECR:LAMBDA", w.make(inspectorEnabler, scan(account, "LAMBDA", "ECR")).ID)
	assert.Equal(t, "arn:aws:access-analyzer:eu-west-1:123456789012:analyzer/external",
		w.make(accessAnalyzer, settings{"analyzerName": "external"}).Text("arn"))
}
