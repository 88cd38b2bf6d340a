package world

import (
	"fmt"
	"time"
)

// Kind is what a disaster takes away.
type Kind string

const (
	// RegionLost is that nothing answers in a region of AWS; its data stands still.
	RegionLost Kind = "region"
	// ZoneLost is that what lies in one availability zone stops.
	ZoneLost Kind = "zone"
	// NetworkLost is that nothing reaches, or is reached from, what lies in a VPC. Its region answers.
	NetworkLost Kind = "network"
	// ProviderLost is that nothing of a whole cloud answers: "aws".
	ProviderLost Kind = "provider"
	// DatabaseLost is that a database holds damaged pages and answers no query. Its backups are sound.
	DatabaseLost Kind = "database"
	// DataLost is that an application writes nonsense into its database, which goes on answering.
	DataLost Kind = "data"
	// Throttled is that an API refuses every other call in a region: "rds".
	Throttled Kind = "throttled"
)

// Kinds are all of them.
var Kinds = []Kind{RegionLost, ZoneLost, NetworkLost, ProviderLost, DatabaseLost, DataLost, Throttled}

// Disaster is something that is lost until it is healed.
type Disaster struct {
	Kind Kind `json:"kind"`
	// What is lost: a region, a zone, the ID of a VPC, a cloud, the Pulumi ID of a database (DatabaseLost and DataLost
	// are of one), an API.
	What  string    `json:"what"`
	Since time.Time `json:"since"`
}

// Disasters are those that last. A world that never had one has no such table.
var Disasters = Table[Disaster]{[]byte("disasters"), func(d Disaster) []string { return []string{string(d.Kind), d.What} }}

// Call is what somebody asked of a cloud while a disaster lasted.
type Call struct {
	Number   int       `json:"number"`
	Time     time.Time `json:"time"`
	Provider string    `json:"provider"` // "aws", "gcp"
	// Region is the one that the provider is configured for; "global" where the call is to a service that has one control
	// plane for all regions, such as IAM.
	Region string `json:"region"`
	// Operation is "configure", "create", "read", "update", "delete" or "invoke".
	Operation string `json:"operation"`
	Type      string `json:"type,omitempty"`
	URN       string `json:"urn,omitempty"`
	// Refused is why it was not answered; "" where it was.
	Refused string `json:"refused,omitempty"`
}

// Calls are kept until the next disaster after all are healed.
var Calls = Table[Call]{[]byte("calls"), func(c Call) []string { return []string{fmt.Sprintf("%09d", c.Number)} }}

// Strike makes a disaster, from now on; one that lasts already goes on. The calls of former disasters are forgotten.
func (t *Tx) Strike(kind Kind, what string) error {
	all := Disasters.All(t)
	for _, known := range all {
		if known.Kind == kind && known.What == what {
			return nil
		}
	}
	if len(all) == 0 {
		if err := Calls.Replace(t, nil); err != nil {
			return err
		}
	}
	return Disasters.Put(t, Disaster{Kind: kind, What: what, Since: t.now.UTC()})
}

// Heal ends a disaster.
func (t *Tx) Heal(d Disaster) error { return Disasters.Delete(t, d) }

// Answers says whether a cloud answers calls to a region; "global" is never lost but with the whole cloud. The error is
// what a client sees of a cloud that does not: that it has waited in vain.
func (t *Tx) Answers(provider, region string) error {
	for _, d := range Disasters.All(t) {
		if d.Kind == ProviderLost && d.What == provider || d.Kind == RegionLost && d.What == region && provider == "aws" {
			return fmt.Errorf("dial tcp: lookup of an endpoint in %s (%s): i/o timeout", region, provider)
		}
	}
	return nil
}

// Struck says whether any disaster lasts.
func (t *Tx) Struck() bool { return len(Disasters.All(t)) > 0 }

// Record keeps a call while a disaster lasts.
func (t *Tx) Record(call Call) error {
	if !t.Struck() {
		return nil
	}
	call.Number, call.Time = len(Calls.All(t))+1, t.now.UTC()
	return Calls.Put(t, call)
}
