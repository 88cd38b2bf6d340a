package environment

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"haven/infra/engine"
	"haven/infra/evidence"
	"haven/infra/sandbox/world"
	"haven/stacks"
	"haven/stacks/config"
)

// A note in .haven/evidence/under-way says what a tenant that is to be gone had before anything of it was deleted. A
// run that was killed leaves it, and the next one certifies from it.

// owned is a resource that a tenant had.
type owned struct {
	evidence.Resource
	// Snapshot is the name of the snapshot that its deletion leaves; Retained says that it is not deleted at all.
	Snapshot string `json:"snapshot,omitempty"`
	Retained bool   `json:"retained,omitempty"`
}

func (o *Operator) departureNote(stack string) string {
	return o.Checkout.Path("evidence", "under-way", stack+".json")
}

func (o *Operator) evidence() evidence.Folder { return evidence.Folder(o.Checkout.Path("evidence")) }

// departing is whether the update of a stack deletes a tenant.
func departing(stack *config.Stack) bool {
	return stack.Role == config.RoleTenant && stack.Tenant.State == config.Gone
}

// depart does the update that deletes a tenant, and certifies what it deleted.
func (o *Operator) depart(stack *config.Stack, update func() Result) Result {
	fail := func(result Result, err error) Result {
		result.Stack, result.Role, result.Outcome = stack.Name, string(stack.Role), Failed
		result.Errors = append(result.Errors, "certificate of deletion: "+err.Error())
		return result
	}
	had, err := o.noteOwned(stack.Name)
	if err != nil {
		return fail(Result{}, err)
	}
	result := update()
	left, err := o.owned(stack.Name)
	switch {
	case err != nil:
		return fail(result, err)
	case len(had) == 0 || result.failed() && len(left) < len(had):
		return result // nothing was there, or the next run goes on
	case result.failed():
		if err := remove(o.departureNote(stack.Name)); err != nil {
			return fail(result, err)
		}
		return result
	}
	kept, err := o.certify(stack.Name, had)
	if err != nil {
		return fail(result, err)
	}
	result.Certificate = kept.Page
	if err := remove(o.departureNote(stack.Name)); err != nil {
		return fail(result, err)
	}
	return result
}

// noteOwned notes all that a stack has, and had when a run before was killed.
func (o *Operator) noteOwned(stack string) ([]owned, error) {
	var noted []owned
	text, err := os.ReadFile(o.departureNote(stack))
	if err == nil {
		err = json.Unmarshal(text, &noted)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	there, err := o.owned(stack)
	if err != nil {
		return nil, err
	}
	for _, each := range there {
		if !slices.Contains(noted, each) {
			noted = append(noted, each)
		}
	}
	if len(noted) == 0 {
		return nil, nil
	}
	if text, err = json.Marshal(noted); err != nil {
		return nil, err
	}
	return noted, write(o.departureNote(stack), text)
}

// owned is what a stack's state has of the cloud.
func (o *Operator) owned(stack string) ([]owned, error) {
	state, err := engine.ReadState(o.Checkout, stack)
	var found []owned
	for _, r := range state.Resources {
		if r.Custom && !r.External && !strings.HasPrefix(string(r.Type), "pulumi:") {
			found = append(found, ownedAs(r))
		}
	}
	return found, err
}

func ownedAs(r apitype.ResourceV3) owned {
	snapshot, _ := r.Inputs["finalSnapshotIdentifier"].(string)
	return owned{
		Resource: evidence.Resource{Type: string(r.Type), Name: r.URN.Name(), ID: string(r.ID)},
		Snapshot: snapshot, Retained: r.RetainOnDelete,
	}
}

// certify writes the certificate of a tenant that is gone, by what its stack recorded.
func (o *Operator) certify(stack string, had []owned) (evidence.Kept, error) {
	state, err := engine.ReadState(o.Checkout, stack)
	if err != nil {
		return evidence.Kept{}, err
	}
	var record stacks.DeletionRecord
	if err := mapstructure.Decode(state.Outputs()["tenant"], &record); err != nil {
		return evidence.Kept{}, err
	}
	certificate := evidence.Record{Simulated: true, Deletion: evidence.Deletion{
		Tenant: record.Name, Stack: stack, Cell: record.Cell, Account: record.Account, Region: record.Region,
		LeavingSince: record.LeavingSince, DeletionDate: record.DeletionDate, DeletedAt: record.DeletedAt,
		Export: evidence.Export{
			Bucket: record.ArchiveBucket, ManifestKey: record.ManifestKey, ManifestSHA256: record.ManifestSHA256,
			DumpedAt: record.DumpedAt, LockedUntil: record.DumpLockedUntil,
		},
		Outlives: []evidence.Remains{},
	}}
	for _, each := range had {
		if !each.Retained {
			certificate.Deletion.Deleted = append(certificate.Deletion.Deleted, each.Resource)
		}
	}
	err = world.At(o.Checkout.World()).View(func(tx *world.Tx) error {
		certificate.WrittenAt = tx.Now().UTC().Truncate(time.Second)
		certificate.Deletion.Outlives = append(certificate.Deletion.Outlives, outliving(tx, record.ArchivePrefix, had)...)
		return nil
	})
	if err != nil {
		return evidence.Kept{}, err
	}
	return o.evidence().Add(certificate)
}

// outliving is what the world still holds of a tenant.
func outliving(tx *world.Tx, prefix string, had []owned) []evidence.Remains {
	names := map[string]bool{}
	var found []evidence.Remains
	for _, each := range had {
		names[each.ID], names[each.Snapshot] = true, true
		if each.Retained {
			found = append(found, evidence.Remains{What: "retained " + each.Type, Where: each.ID, Count: 1})
		}
	}
	delete(names, "")
	for _, left := range tx.Retained("", "", "") {
		if names[left.ID] || names[left.Name] {
			found = append(found, evidence.Remains{What: leftBehind(left.Type), Where: left.ID, Region: left.Region, Count: 1,
				Until: left.Until})
		}
	}
	found = append(found, recoveryPoints(tx, names)...)
	found = append(found, dumps(tx, prefix)...)
	slices.SortStableFunc(found, func(a, b evidence.Remains) int {
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Where, b.Where))
	})
	return found
}
