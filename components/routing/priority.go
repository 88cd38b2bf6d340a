package routing

// The cell's listener evaluates its rules by priority, 1 to 50,000, lowest first. Those up to cellPriorities are the
// cell's own, for what is refused before any tenant is asked; from there each slot has a band of prioritiesPerSlot, so
// that the rules of two tenants can never meet.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
const (
	cellPriorities    = 900
	prioritiesPerSlot = 100
	lastPriority      = 50000
	// MaxSlot is the last slot whose band is within the listener's priorities.
	MaxSlot = (lastPriority - cellPriorities) / prioritiesPerSlot
)

// What stands before the rule for the tenant's host, in its band: the page before everything, then what is more
// specific than the host alone.
const (
	pageAhead      = 30
	tokensAhead    = 20
	websocketAhead = 10
)

// Priority is the last priority of a slot's band, that of the rule for the tenant's host. Slots count from 1 to
// MaxSlot.
func Priority(slot int) int {
	return cellPriorities + slot*prioritiesPerSlot
}
