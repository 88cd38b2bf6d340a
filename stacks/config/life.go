package config

import (
	"slices"
	"time"

	"haven/components/limit"
)

// State is where a tenant is in its life. It moves on by an ordinary update of its stack.
type State string

const (
	// Active tenants are served.
	Active State = "active"
	// Suspended tenants keep all their data; nothing runs for them, and a page says so.
	Suspended State = "suspended"
	// Leaving tenants are suspended for good: deletion protection is lifted and their dumps are final ones, so that they
	// can be gone from their DeletionDate on.
	Leaving State = "leaving"
	// Gone tenants have nothing left but a record of what was deleted, and when. A tenant without a final dump cannot be.
	Gone State = "gone"
)

var states = []State{Active, Suspended, Leaving, Gone}

// dateForm is how a day is written.
const dateForm = "2006-01-02"

// Deletion is the first moment at which the tenant may be gone; zero while it does not leave.
func (t *Tenant) Deletion() time.Time {
	day, _ := time.Parse(dateForm, t.DeletionDate) // checked when the file was read
	return day
}

// Serves says whether people reach the tenant's application.
func (t *Tenant) Serves() bool { return t.State == Active }

// gone says whether the tenant has given up its slot and its host, which another may have from then on.
func (t *Tenant) gone() bool { return t.State == Gone }

func (c *checker) life(tenant *Tenant) {
	const statePath, datePath = "tenant.state", "tenant.deletionDate"
	leaves := tenant.State == Leaving || tenant.State == Gone
	_, err := time.Parse(dateForm, tenant.DeletionDate)
	switch {
	case !slices.Contains(states, tenant.State):
		c.refuse(statePath, string(tenant.State), "one of "+limit.List(states), suggest(tenant.State, states))
	case leaves && err != nil:
		c.refuse(datePath, tenant.DeletionDate, "the first day on which the tenant may be gone",
			`write it in quotes, like "2027-03-31"`)
	case !leaves && tenant.DeletionDate != "":
		c.refuse(datePath, tenant.DeletionDate, "none in the state "+string(tenant.State),
			"remove it, or change the state to leaving")
	}
	c.between("tenant.wave", tenant.Wave, 0, maxWave, "0 are the canaries, 9 the last to be changed")
}

// maxWave is the last wave.
const maxWave = 9
