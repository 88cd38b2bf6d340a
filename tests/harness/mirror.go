package harness

// agent is a service agent of Google Cloud's, as the functions that look for it answer.
func agent(email string) map[string]any {
	return map[string]any{"member": "serviceAccount:" + email, "subjectId": "100000000000000000001"}
}

func mirror() map[string]any {
	channels := func(number string) []any {
		return []any{"projects/haven-demo-mirror/notificationChannels/" + number}
	}
	return map[string]any{
		"environment":      "demo",
		"production":       false,
		"owner":            "platform",
		"project":          "haven-demo-mirror",
		"location":         "EUR4",
		"cells":            []any{"demo-cell", "demo-standby"},
		"retentionDays":    90,
		"bucket":           "demo-mirror-haven-demo-mirror",
		"keyId":            "projects/haven-demo-mirror/locations/eur4/keyRings/mirror-ring-0123456/cryptoKeys/demo-mirror-key",
		"dumpsMetric":      "demo-mirror-dumps",
		"criticalChannels": channels("1"),
		"warningChannels":  channels("2"),
	}
}
