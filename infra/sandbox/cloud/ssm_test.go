package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDocuments(t *testing.T) {
	session := func(content string) settings {
		return settings{"name": "new", "documentType": "Session", "content": content}
	}
	setting := func(id string) settings { return settings{"settingId": id, "settingValue": "Disable"} }
	const sharing = "/ssm/documents/console/public-sharing-permission"
	each(t, newWorld, func(w *fakeWorld) []attempt {
		w.make(ssmDocument, with(session(`{"schemaVersion":"1.0","sessionType":"Port"}`), settings{"name": "taken"}))
		return []attempt{
			{"session", ssmDocument, session(`{"schemaVersion":"1.0","sessionType":"Standard_Stream"}`), ""},
			{"no JSON", ssmDocument, session(`{`), "api error InvalidDocumentContent: JSON not well-formed."},
			{"YAML", ssmDocument, with(session(`a: b`), settings{"documentFormat": "YAML"}), ""},
			{"no version", ssmDocument, session(`{}`), "Required schemaVersion property missing"},
			{"version", ssmDocument, session(`{"schemaVersion":"2.2"}`), "Document schema version, 2.2, is not supported"},
			{"no type of session", ssmDocument, session(`{"schemaVersion":"1.0"}`), "Required sessionType property missing"},
			{"taken", ssmDocument, with(session(`{"schemaVersion":"1.0","sessionType":"Port"}`), settings{"name": "taken"}),
				"api error DocumentAlreadyExists"},
			{"reserved name", ssmDocument, with(session(`{}`), settings{"name": "AWS-Mine"}), "not begin with aws"},
			{"setting", ssmServiceSetting, setting(sharing), ""},
			{"setting by ARN", ssmServiceSetting, setting("arn:aws:ssm:eu-west-1:123456789012:servicesetting" + sharing), ""},
			{"setting of another region", ssmServiceSetting,
				setting("arn:aws:ssm:eu-central-1:123456789012:servicesetting" + sharing), "api error ServiceSettingNotFound"},
			{"no such setting", ssmServiceSetting, setting("/ssm/none"), "api error ServiceSettingNotFound"},
		}
	})
	w := newWorld(t)
	made := w.make(ssmDocument, session(`{"schemaVersion":"1.0","sessionType":"Port","description":"d"}`))
	assert.Equal(t, "new", made.ID)
	assert.Equal(t, "1", made.Text("latestVersion"))
	assert.Equal(t, "d", made.Text("description"))
	changed, err := w.update(made, session(`{"schemaVersion":"1.0","sessionType":"Standard_Stream"}`))
	expect(t, err, "")
	assert.Equal(t, "2", changed.Text("latestVersion"))
	assert.NotEqual(t, made.Text("hash"), changed.Text("hash"))
	assert.Equal(t, "arn:aws:ssm:eu-west-1:123456789012:servicesetting"+sharing,
		w.make(ssmServiceSetting, setting(sharing)).Text("arn"))
}
