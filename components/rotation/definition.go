package rotation

import "encoding/json"

// The state machine, in the Amazon States Language.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
type machine struct {
	Comment string `json:",omitempty"`
	StartAt string
	States  map[string]state
}

type state struct {
	Type          string
	Result        []string       `json:",omitempty"`
	ItemProcessor *itemProcessor `json:",omitempty"`
	Resource      string         `json:",omitempty"`
	Parameters    map[string]any `json:",omitempty"`
	Retry         []retry        `json:",omitempty"`
	Next          string         `json:",omitempty"`
	End           bool           `json:",omitempty"`
}

type itemProcessor struct {
	ProcessorConfig map[string]string
	machine
}

type retry struct {
	ErrorEquals     []string
	IntervalSeconds int
	BackoffRate     int
	MaxAttempts     int
}

// persistently tries again for ten minutes: after 10 seconds, then twice as long each time.
var persistently = []retry{{
	ErrorEquals: []string{"States.ALL"}, IntervalSeconds: 10, BackoffRate: 2, MaxAttempts: 6,
}}

// definition is a machine that asks for a new deployment of each service.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
func definition(cluster string, services []string) string {
	roll := state{
		Type:     "Task",
		Resource: "arn:aws:states:::aws-sdk:ecs:updateService",
		Parameters: map[string]any{
			"Cluster":            cluster,
			"Service.$":          "$",
			"ForceNewDeployment": true,
		},
		Retry: persistently,
		End:   true,
	}
	text, err := json.Marshal(machine{
		Comment: "Rolls the services that read a secret which was rotated",
		StartAt: "Services",
		States: map[string]state{
			"Services": {Type: "Pass", Result: services, Next: "Each"},
			"Each": {Type: "Map", End: true, ItemProcessor: &itemProcessor{
				ProcessorConfig: map[string]string{"Mode": "INLINE"},
				machine:         machine{StartAt: "Roll", States: map[string]state{"Roll": roll}},
			}},
		},
	})
	if err != nil {
		panic(err) // strings, numbers and maps of them always encode
	}
	return string(text)
}
