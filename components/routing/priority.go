package routing

// The cell's listener evaluates its rules by priority, 1 to 50,000, lowest first. Those below firstPriority are the
// cell's own, for what is refused before any tenant is asked; from there each slot has a band of prioritiesPerSlot, so
// that the rules of two tenants can never meet.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
const (
	firstPriority     = 1000
	prioritiesPerSlot = 100
	lastPriority      = 50000
	// MaxSlot is the last slot whose band is within the listener's priorities.
	MaxSlot = (lastPriority - firstPriority) / prioritiesPerSlot
)

// Priority is the first priority of a slot's band, that of the rule for the tenant's host. Slots count from 1 to
// MaxSlot.
func Priority(slot int) int {
	return firstPriority + (slot-1)*prioritiesPerSlot
}
