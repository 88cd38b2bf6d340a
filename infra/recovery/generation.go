package recovery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"haven/components/naming"
	"haven/stacks/config"
)

// Misasked is what cannot be done because of what was asked for: a time or a generation that there is not.
type Misasked struct{ text string }

func (m *Misasked) Error() string { return m.text }

func misasked(format string, args ...any) error { return &Misasked{fmt.Sprintf(format, args...)} }

// longest is how long after a generation was made its restoration may be asked for again. Later its files are its users'
// own, and nothing may put those of the dump in their place.
const longest = 7 * 24 * time.Hour

// Restore brings tenants' data back within their own stacks, as of a time: as a further generation of each, beside those
// that there are, which go into quarantine. Asked for the same again, it brings what was stopped to its end, and changes
// nothing where that has been reached.
func (r *Recovery) Restore(ctx context.Context, tenants []Tenant, at time.Time) ([]Restoring, error) {
	at = at.UTC().Truncate(time.Second)
	now, err := r.Cloud.Now()
	if err != nil {
		return nil, err
	}
	if at.After(now) {
		return nil, misasked("%s is in the future: it is %s", clock(at), clock(now))
	}
	var all []Restoring
	for _, tenant := range tenants {
		back, err := r.further(ctx, tenant, at)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tenant.Stack, err)
		}
		all = append(all, back)
	}
	for _, back := range all {
		if err := r.change(back.Stack, back.raise); err != nil {
			return nil, err
		}
		r.say("%s: generation %d, as generation %d was at %s, with the files of %s", back.Stack, back.Generation, back.From,
			clock(at), back.Files)
	}
	if err := r.up(ctx, all); err != nil {
		return nil, err
	}
	for i := range all {
		if err := r.serves(&all[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].Stack, err)
		}
	}
	return all, nil
}

// further is the generation to bring back: the one that the tenant's file asks for already, or one more.
func (r *Recovery) further(ctx context.Context, tenant Tenant, at time.Time) (Restoring, error) {
	data := tenant.Config.Data
	back := Restoring{Tenant: tenant, Stack: tenant.Stack, Cell: tenant.Cell, Region: tenant.Region, Slot: tenant.Slot,
		Mode: InPlace}
	if err := r.livesHere(tenant); err != nil {
		return back, err
	}
	if from := data.From; from.Generation != 0 && from.Time().Equal(at) {
		back.Generation, back.From, back.Files = data.Generation, from.Generation, from.Dump
		back.Source = Source{Copy{Kind: Instance, ID: tenant.instance(from.Generation)}, at}
		return back, r.unfinished(ctx, tenant)
	}
	if err := tenant.settled(); err != nil {
		return back, err
	}
	past, err := r.past(ctx, tenant, tenant.generations()...)
	if err != nil {
		return back, err
	}
	covers := slices.IndexFunc(past, func(g backedUp) bool { return !at.Before(g.From) && !at.After(g.Until) })
	if covers < 0 {
		return back, misasked("it can be brought back to %s, but not to %s", spans(past), clock(at))
	}
	from := past[covers]
	back.Generation, back.From, back.Source = data.Generation+1, from.generation, Source{from.Copy, at}
	back.Files, err = r.dumpBefore(ctx, tenant, at)
	return back, err
}

// livesHere refuses a tenant that leaves, or whose users are elsewhere.
func (r *Recovery) livesHere(tenant Tenant) error {
	if state := tenant.Config.State; state == config.Leaving || state == config.Gone {
		return fmt.Errorf("it is %s: make it active or suspended first", state)
	}
	for _, stack := range r.Environment.Stacks {
		if stack.Role == config.RoleTenant && stack.Tenant.Restore.Mode == config.Taken &&
			stack.Tenant.Restore.Of == tenant.Stack {
			return fmt.Errorf("%s has taken it over, and its users are there", stack.Name)
		}
	}
	return nil
}

// settled refuses a tenant whose file asks for another generation than is up.
func (t Tenant) settled() error {
	data := t.Config.Data
	switch {
	case data.Generation == t.Generation:
		return nil
	case data.From.At == "":
		return fmt.Errorf("its file asks for generation %d, and %d is up: haven up brings that to its end", data.Generation,
			t.Generation)
	}
	return fmt.Errorf("its file asks for generation %d, and %d is up: haven restore %s --at %s brings that to its end",
		data.Generation, t.Generation, t.Name, data.From.At)
}

// unfinished refuses to bring a generation to its end that has long served.
func (r *Recovery) unfinished(ctx context.Context, tenant Tenant) error {
	if tenant.Generation != tenant.Config.Data.Generation {
		return nil // it is not up
	}
	now, err := r.Cloud.Now()
	if err != nil {
		return err
	}
	past, err := r.past(ctx, tenant, tenant.Generation)
	if err == nil && len(past) > 0 && now.Sub(past[0].From) > longest {
		err = fmt.Errorf("generation %d has served since %s or longer: nothing is left to bring to its end",
			tenant.Generation, clock(past[0].From))
	}
	return err
}

// backedUp is a generation and the times that it can give back.
type backedUp struct {
	generation int
	Copy
}

// past are those of some generations of a tenant that can give back data.
func (r *Recovery) past(ctx context.Context, tenant Tenant, generations ...int) ([]backedUp, error) {
	var past []backedUp
	for _, number := range generations {
		of := tenant
		of.DatabaseARN = strings.TrimSuffix(tenant.DatabaseARN, tenant.instance(tenant.Generation)) + tenant.instance(number)
		copies, err := r.Cloud.Copies(ctx, of, tenant.Region)
		if err != nil {
			return nil, err
		}
		for _, copied := range copies {
			if copied.Kind == Instance && copied.Unsound == "" {
				past = append(past, backedUp{number, copied})
			}
		}
	}
	return past, nil
}

// instance is the identifier of the database of a generation.
func (t Tenant) instance(generation int) string {
	return naming.Scope{Stack: t.Stack}.Name(naming.Generation("database", generation))
}

// generations are those that are there, the one that serves first, then the newest.
func (t Tenant) generations() []int {
	earlier := slices.Sorted(slices.Values(t.Config.Data.Quarantined))
	slices.Reverse(earlier)
	return append([]int{t.Generation}, earlier...)
}

// Restorable is the last time until another one to which a tenant's data can be brought back within its own stack.
func (r *Recovery) Restorable(ctx context.Context, tenant Tenant, until time.Time) (time.Time, error) {
	past, err := r.past(ctx, tenant, tenant.generations()...)
	if err != nil {
		return time.Time{}, err
	}
	var last time.Time
	for _, each := range past {
		if at := earlier(until, each.Until); !at.Before(each.From) && at.After(last) {
			last = at
		}
	}
	if last.IsZero() {
		return last, fmt.Errorf("%s: it can be brought back to %s", tenant.Stack, spans(past))
	}
	return last.UTC().Truncate(time.Second), nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// spans are the times that generations can give back, in words.
func spans(past []backedUp) string {
	var all []string
	for _, each := range past {
		all = append(all, fmt.Sprintf("%s to %s (generation %d)", clock(each.From), clock(each.Until), each.generation))
	}
	if len(all) == 0 {
		return "no time: none of its generations has backups"
	}
	return "any time from " + strings.Join(all, ", and from ")
}

func clock(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// dumpBefore is the newest dump from before a time.
func (r *Recovery) dumpBefore(ctx context.Context, tenant Tenant, at time.Time) (string, error) {
	dumps, err := r.Cloud.Copies(ctx, tenant, tenant.Region)
	if err != nil {
		return "", err
	}
	dumps = slices.DeleteFunc(dumps, func(c Copy) bool { return c.Kind != Dump })
	for _, dump := range dumps { // they come newest first
		if dump.Unsound == "" && !dump.Until.After(at) {
			return dump.ID, nil
		}
	}
	if len(dumps) == 0 {
		return "", misasked("it has no dump to bring its files back from")
	}
	return "", misasked("it has no dump from before %s to bring its files back from: the oldest is of %s", clock(at),
		clock(dumps[len(dumps)-1].Until))
}

// change edits the settings of a tenant in its stack file. What would not be valid is put back as it was.
func (r *Recovery) change(stack string, how func(tenant map[string]any)) error {
	path := FileOf(r.Folder, stack)
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := edit(path, how); err != nil {
		return err
	}
	_, err = config.LoadDir(r.Folder)
	if err != nil {
		return errors.Join(err, replace(path, before))
	}
	return nil
}

// raise writes a generation into the settings of its tenant.
func (g Restoring) raise(tenant map[string]any) {
	data := dataOf(tenant)
	if data["generation"] == g.Generation {
		return
	}
	data["generation"] = g.Generation
	data["from"] = map[string]any{"generation": g.From, "at": clock(g.Source.At), "dump": g.Files}
	data["quarantined"] = append(listOf(data["quarantined"]), g.Tenant.Generation)
}

// dataOf are the settings of the generations, to be changed.
func dataOf(tenant map[string]any) map[string]any {
	data, is := tenant["data"].(map[string]any)
	if !is {
		data = map[string]any{}
		tenant["data"] = data
	}
	return data
}

func listOf(value any) []any {
	list, _ := value.([]any)
	return slices.Clone(list)
}

// serves sees that a generation is what the tenant's stack has, and that the one before it is kept.
func (r *Recovery) serves(back *Restoring) error {
	is, err := r.tenant(back.Stack)
	switch {
	case err != nil:
		return err
	case is.Generation != back.Generation || is.DatabaseID != back.Tenant.instance(back.Generation):
		return fmt.Errorf("generation %d does not serve: its stack exports generation %d with the database %s",
			back.Generation, is.Generation, is.DatabaseID)
	case back.Tenant.Generation != back.Generation && !slices.Contains(is.Quarantined, back.Tenant.Generation):
		return fmt.Errorf("generation %d is not in quarantine", back.Tenant.Generation)
	}
	back.Quarantined = is.Quarantined
	return nil
}

// Up is what the stack that brought a tenant back exports now.
func (r *Recovery) Up(back Restoring) (Tenant, error) { return r.tenant(back.Stack) }

// Database is the identifier of the database of the generation that was brought back.
func (g Restoring) Database() string { return g.Tenant.instance(g.Generation) }

// tenant is what a stack exports now.
func (r *Recovery) tenant(stack string) (Tenant, error) {
	exported, err := r.Deployer.Outputs(stack)
	if err != nil {
		return Tenant{}, err
	}
	return tenantOf(stack, exported)
}
