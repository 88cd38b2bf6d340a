package rotation

import "haven/components/asl"

// definition is a machine that asks for a new deployment of each service.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
func definition(cluster string, services []string) string {
	roll := asl.State{
		Type:     "Task",
		Resource: asl.SDK("ecs", "updateService"),
		Arguments: map[string]any{
			"Cluster":            cluster,
			"Service":            asl.Expression("$states.input"),
			"ForceNewDeployment": true,
		},
		Retry: asl.Persistently,
		End:   true,
	}
	return asl.Machine{
		Comment: "Rolls the services that read a secret which was rotated",
		StartAt: "Each",
		States: map[string]asl.State{"Each": {
			Type:  "Map",
			Items: services,
			ItemProcessor: asl.Inline(asl.Machine{
				StartAt: "Roll", States: map[string]asl.State{"Roll": roll},
			}),
			End: true,
		}},
	}.String()
}
