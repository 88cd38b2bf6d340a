package stacks

import (
	"fmt"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/database"
	"haven/components/files"
	"haven/components/keys"
	"haven/components/naming"
	"haven/components/perimeter"
	"haven/components/replication"
	"haven/stacks/config"
)

// A tenant's data has a generation for each time that it was brought back within its own stack. One serves; those
// before it lie in quarantine, as they were, until they are let go.

// generation is one of them.
type generation struct {
	number   int
	database *database.Database
	files    *files.Files
	// replica is the database's; nil where the tier has none.
	replica *replication.ReadReplica
}

// kept says how a generation is kept.
type kept struct {
	number                    int
	databaseGroup, filesGroup pulumi.StringInput
	source                    database.Source
	// mounting are the roles that may mount the files: none in quarantine.
	mounting []string
	// goes is when it may go; zero protects it.
	goes time.Time
}

// quarantined says whether nobody reaches a generation.
func (t *tenant) quarantined(number int) bool { return number != t.config.Data.Generation }

// scopeOf names and tags what a generation consists of.
func (t *tenant) scopeOf(number int) naming.Scope {
	scope := t.scope
	switch {
	case !t.quarantined(number):
	case t.released(number).IsZero():
		scope.Quarantine = naming.Held
	default:
		scope.Quarantine = naming.Released
	}
	return scope
}

// generations are the numbers of those beyond the first that are there.
func (t *tenant) generations() []int {
	var later []int
	for _, number := range append(t.quarantine(), t.config.Data.Generation) {
		if number > 1 {
			later = append(later, number)
		}
	}
	return later
}

// quarantine are the numbers of those in quarantine, in their order.
func (t *tenant) quarantine() []int { return slices.Sorted(slices.Values(t.config.Data.Quarantined)) }

// released is when a generation in quarantine may go; zero protects it.
func (t *tenant) released(number int) time.Time {
	if at := t.goes(); !at.IsZero() {
		return at
	}
	if slices.Contains(t.config.Data.Released, number) {
		return t.config.Data.Release()
	}
	return time.Time{}
}

// past declares the generations before the one that serves.
func (t *tenant) past(ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter, s *store) error {
	for _, number := range t.quarantine() {
		one := &generation{number: number}
		how := kept{
			number:        number,
			databaseGroup: groups.QuarantineGroupID,
			filesGroup:    groups.QuarantineGroupID,
			goes:          t.released(number),
		}
		if number > 1 {
			how.source = database.Source{Past: true, KeyARN: own[keys.Database].ARN}
		}
		var err error
		if one.database, err = t.databaseOf(ctx, own, how); err != nil {
			return fmt.Errorf("generation %d: %w", number, err)
		}
		if one.files, err = t.filesOf(ctx, own, how); err != nil {
			return fmt.Errorf("generation %d: %w", number, err)
		}
		s.quarantined = append(s.quarantined, one)
	}
	return nil
}

// broughtBack is what the database of the generation that serves is made from: an instance that is there is settled
// before.
func (t *tenant) broughtBack(own tenantKeys, s *store) database.Source {
	from := t.config.Data.From
	source := database.Source{SnapshotARN: from.Snapshot, At: from.Time(), KeyARN: own[keys.Database].ARN}
	if from.Generation == 0 {
		return source
	}
	source.Instance = pulumi.String(t.scope.Name(naming.Generation("database", from.Generation)))
	for _, one := range s.quarantined {
		if one.number == from.Generation {
			source.Instance = one.database.ID
		}
	}
	return source
}

// letGo are the instances that may be deleted: those of released generations, and replicas on their way out of the tier.
func (t *tenant) letGo(s *store, kept *tenantCopies) pulumi.StringArray {
	ids := pulumi.StringArray{}
	replica := func(of *replication.ReadReplica, may bool) {
		if of != nil && (may || t.config.Database.Replica == config.ReplicaReleased) {
			ids = append(ids, of.ID)
		}
	}
	replica(kept.replica, false)
	for _, one := range s.quarantined {
		may := !t.released(one.number).IsZero()
		if may {
			ids = append(ids, one.database.ID)
		}
		replica(one.replica, may)
	}
	return ids
}

// databaseARNs and fileSystemARNs are those of the generations in quarantine.
func (s *store) databaseARNs() (arns pulumi.StringArray) {
	for _, one := range s.quarantined {
		arns = append(arns, one.database.ARN)
	}
	return arns
}

func (s *store) fileSystemARNs() (arns pulumi.StringArray) {
	for _, one := range s.quarantined {
		arns = append(arns, one.files.ARN)
	}
	return arns
}
