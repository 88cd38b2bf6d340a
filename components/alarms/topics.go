package alarms

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// severity is how urgent an alarm is.
type severity string

const (
	critical severity = "critical"
	warning  severity = "warning"
	info     severity = "info"
)

// Topics are the ARNs of the SNS topics that alarms of each severity tell, of the alarms' own region. Default none:
// nobody is told.
type Topics struct {
	Critical, Warning, Info pulumi.StringInput
}

// actions are what an alarm of that severity does; nil for nothing.
func (t Topics) actions(of severity) pulumi.ArrayInput {
	topic := map[severity]pulumi.StringInput{critical: t.Critical, warning: t.Warning, info: t.Info}[of]
	if topic == nil {
		return nil
	}
	return pulumi.Array{topic}
}
