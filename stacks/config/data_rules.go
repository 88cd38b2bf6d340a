package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	dataPath = "tenant.data."

	firstGeneration = 1
	// maxGeneration keeps the names of what a generation has within those that RDS takes.
	maxGeneration = 99
)

// data checks what a tenant says of the generations of its data.
func (c *checker) data(tenant *Tenant) {
	if !c.given["tenant.data"] {
		return
	}
	if c.given["tenant.restore"] {
		c.refuse("tenant.data", words("an object"), "none for a tenant that is brought back beside another: it has one "+
			"generation", "remove it, or remove tenant.restore")
		return
	}
	data := tenant.Data
	c.between(dataPath+"generation", data.Generation, firstGeneration, maxGeneration,
		"raise it by one to bring the data back")
	c.dataSource(data)
	earlier := fmt.Sprintf("generations before %d, the one that serves", data.Generation)
	if !data.Restored() {
		earlier = "none: the first generation serves"
	}
	c.generations("quarantined", data.Quarantined, func(one int) bool {
		return one >= firstGeneration && one < data.Generation
	}, earlier)
	c.generations("released", data.Released, func(one int) bool {
		return slices.Contains(data.Quarantined, one)
	}, "generations in quarantine")
	c.released(data)
}

// dataSource checks what the generation that serves is made from.
func (c *checker) dataSource(data Data) {
	const from = dataPath + "from"
	of := data.From
	switch {
	case !data.Restored() && c.given[from]:
		c.refuse(from, words("an object"), "none of the first generation, which is made empty",
			"remove it, or raise the generation")
		return
	case !data.Restored():
		return
	case of.Generation != 0 && of.Snapshot != "":
		c.refuse(from, words("generation, snapshot"), "exactly one of generation and snapshot", "name one source")
	case !c.given[from+".generation"] && of.Snapshot == "":
		c.refuse(from, words("none of them"), "exactly one of generation and snapshot", "name one source")
	}
	if c.given[from+".generation"] {
		c.between(from+".generation", of.Generation, firstGeneration, data.Generation-1,
			"name the earlier generation that it is made from")
	}
	if of.Snapshot != "" {
		c.namedARN(from+".snapshot", of.Snapshot, snapshotARN)
	}
	switch {
	case of.At == "":
	case of.Snapshot != "":
		c.refuse(from+".at", of.At, "none with a snapshot, which is of one time", "remove it")
	default:
		c.time(from+".at", of.At)
	}
	c.manifestKey(from+".dump", of.Dump, true)
}

// generations checks a list of them.
func (c *checker) generations(field string, list []int, known func(int) bool, want string) {
	for i, one := range list {
		path := fmt.Sprintf("%s%s[%d]", dataPath, field, i)
		switch {
		case !known(one):
			c.refuse(path, one, want, "remove it, or write another")
		case slices.Contains(list[:i], one):
			c.refuse(path, one, "each generation once", "remove it")
		}
	}
}

// released checks when it was that generations were released.
func (c *checker) released(data Data) {
	const at = dataPath + "releasedAt"
	switch {
	case len(data.Released) > 0:
		c.time(at, data.ReleasedAt)
	case data.ReleasedAt != "":
		c.refuse(at, data.ReleasedAt, "none where nothing is released", "remove it")
	}
}

// time is a time as a stack file writes it.
func (c *checker) time(path, text string) {
	if at, err := time.Parse(time.RFC3339, text); err != nil || at.IsZero() || !strings.HasSuffix(text, "Z") {
		c.refuse(path, text, "a time as RFC 3339 writes it, in UTC", `write it in quotes, like "2026-11-22T10:00:00Z"`)
	}
}

// joinData keeps what data is brought back from within the tenant's own place.
func (c *checker) joinData(tenant *Tenant, cell CellFacts) {
	const from = dataPath + "from."
	of := tenant.Data.From
	if tenant.Restores() || !tenant.Data.Restored() {
		return
	}
	if part := arnForm.FindStringSubmatch(of.Snapshot); part != nil && cell.Region != "" && cell.Account != "" &&
		(part[2] != cell.Region || part[3] != cell.Account) {
		c.refuse(from+"snapshot", of.Snapshot,
			fmt.Sprintf("one in %s and the account %s, where %s is", cell.Region, cell.Account, tenant.Cell),
			"copy it there, or bring the tenant back in the cell that stands by")
	}
	own := "tenants/" + tenant.Name + "/"
	if of.Dump != "" && tenant.Name != "" && !strings.HasPrefix(of.Dump, own) {
		c.refuse(from+"dump", of.Dump, fmt.Sprintf("a dump of %s, below %q", tenant.Name, own),
			"write it as `haven status` shows it")
	}
}
