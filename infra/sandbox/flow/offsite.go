package flow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/components/dump/manifest"
	"haven/infra/dump/google"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/dataset"
	"haven/infra/sandbox/world"
)

// The types that a restoration off site takes.
const (
	runJobType      = "gcp:cloudrunv2/job:Job"
	sqlInstanceType = "gcp:sql/databaseInstance:DatabaseInstance"
	fileStoreType   = "gcp:filestore/instance:Instance"
)

// RunRestoration runs a job of Google Cloud that brings a dump back (package haven/components/offsite), named by its
// Pulumi ID, and says of what time the data is that the job's database and file share hold afterwards. It asks nothing
// of AWS. It refuses what the program in it would: a dump that is not complete, or not what its manifest says, an
// account that may not read it, and stores that are not empty.
func RunRestoration(w *world.World, job string) (time.Time, error) {
	var at time.Time
	if _, err := Advance(w, Options{}); err != nil {
		return at, err
	}
	err := w.Update(func(tx *world.Tx) (err error) {
		at, err = (&restoring{tx}).run(job)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", job, err)
	}
	return at, nil
}

type restoring struct{ tx *world.Tx }

func (r *restoring) run(id string) (time.Time, error) {
	job, found := r.resource(runJobType, "", func(one cloud.Resource) bool { return one.ID == id })
	if !found {
		return time.Time{}, errors.New("there is no such job")
	}
	const template = "template.template."
	args := texts(job, template+"containers[*].args[*]")
	if len(args) < 2 || args[0] != "restore" || !strings.HasPrefix(args[1], google.Scheme) {
		return time.Time{}, fmt.Errorf("it restores nothing: %q", args)
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(args[1], google.Scheme), "/")
	account := text(job, template+"serviceAccount")
	if !cloud.MayReadObject(r.tx, bucket, prefix+"/"+manifest.Name, account) {
		return time.Time{}, fmt.Errorf("%s: status 403: %s does not have storage.objects.get access", args[1], account)
	}
	instances, servers := texts(job, template+"volumes[*].cloudSqlInstance.instances[*]"),
		texts(job, template+"volumes[*].nfs.server")
	database, known := r.resource(sqlInstanceType, job.Account, func(one cloud.Resource) bool {
		return slices.Contains(instances, one.Text("connectionName"))
	})
	files, shared := r.resource(fileStoreType, job.Account, func(one cloud.Resource) bool {
		return slices.ContainsFunc(texts(one, "networks[*].ipAddresses[*]"), func(address string) bool {
			return slices.Contains(servers, address)
		})
	})
	if !known || !shared {
		return time.Time{}, errors.New("its database or its file share is not there")
	}
	return r.bringBack(bucket, prefix, database, files)
}

func (r *restoring) resource(token, account string, is func(cloud.Resource) bool) (cloud.Resource, bool) {
	all := r.tx.List(token, account, "")
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return cloud.Resource{}, false
}

// bringBack gives both stores what the dump holds.
func (r *restoring) bringBack(bucket, prefix string, database, files cloud.Resource) (time.Time, error) {
	for _, target := range []cloud.Resource{database, files} {
		if written := r.ledger(target.ID); written.Transactions() > 0 {
			return time.Time{}, fmt.Errorf("%s is not empty: restore into an empty one", target.ID)
		}
	}
	m, held, err := r.dumped(google.Scheme, bucket, prefix)
	if err != nil {
		return time.Time{}, err
	}
	return m.StartedAt, errors.Join(r.fill(database, held[manifest.DatabasePart]), r.fill(files, held[manifest.FilesPart]))
}

// dumped is what a dump holds: the ledgers of what was dumped, as they were then, if these are what the manifest's sums
// say.
func (r *restoring) dumped(scheme, bucket, prefix string) (*manifest.Manifest, map[string]world.Ledger, error) {
	objects := map[string]world.Object{}
	for _, object := range world.Objects.All(r.tx, bucket) {
		if name, own := strings.CutPrefix(object.Key, prefix+"/"); own && !object.DeleteMarker {
			objects[name] = object
		}
	}
	m, err := manifest.Parse([]byte(objects[manifest.Name].Content))
	if err != nil {
		return nil, nil, fmt.Errorf("%s%s/%s: there is no whole manifest: %w", scheme, bucket, prefix, err)
	}
	held := map[string]world.Ledger{}
	for _, part := range []string{manifest.DatabasePart, manifest.FilesPart} {
		held[part] = r.ledger(objects[part].Source).At(m.StartedAt)
	}
	whole := *m
	whole.Parts = slices.Clone(m.Parts)
	if _, err := dataset.Fill(&whole, held[manifest.DatabasePart], held[manifest.FilesPart]); err != nil {
		return nil, nil, err
	}
	for i, part := range m.Parts {
		if object, there := objects[part.Name]; !there || object.SHA256 != part.SHA256 || whole.Parts[i] != part {
			return nil, nil, fmt.Errorf("%s%s/%s: %s is missing, or was altered", scheme, bucket, prefix, part.Name)
		}
	}
	return m, held, nil
}

// fill gives a store what was dumped, in place of what it has.
func (r *restoring) fill(target cloud.Resource, held world.Ledger) error {
	held.Source = target.ID
	return world.Ledgers.Put(r.tx, held)
}

func (r *restoring) ledger(source string) world.Ledger {
	if ledgers := world.Ledgers.All(r.tx, source); source != "" && len(ledgers) == 1 {
		return ledgers[0]
	}
	return world.Ledger{}
}

// The types between a host name and the services off site.
const (
	googleRecordType = "gcp:dns/recordSet:RecordSet"
	forwardingType   = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
	runServiceType   = "gcp:cloudrunv2/service:Service"
)

// AskOffSite follows a host name in Google Cloud as a user's request does: its record, the load balancer's address, a
// service of that project, and its database. The error is where that ends.
func AskOffSite(w *world.World, host string) (Answer, error) {
	var answer Answer
	err := w.View(func(tx *world.Tx) (err error) {
		answer, err = (&restoring{tx}).ask(host)
		return err
	})
	return answer, err
}

func (r *restoring) ask(host string) (Answer, error) {
	record, found := r.resource(googleRecordType, "", func(one cloud.Resource) bool {
		return one.Text("name") == host+"." && one.Text("type") == "A"
	})
	if !found {
		return Answer{}, fmt.Errorf("%s has no record", host)
	}
	addresses := texts(record, "rrdatas[*]")
	if _, listens := r.resource(forwardingType, record.Account, func(one cloud.Resource) bool {
		return slices.Contains(addresses, one.Text("ipAddress"))
	}); !listens {
		return Answer{}, fmt.Errorf("%s leads to %s, where nothing listens", host, strings.Join(addresses, ", "))
	}
	for _, service := range r.tx.List(runServiceType, record.Account, "") {
		instances := texts(service, "template.volumes[*].cloudSqlInstance.instances[*]")
		database, known := r.resource(sqlInstanceType, record.Account, func(one cloud.Resource) bool {
			return slices.Contains(instances, one.Text("connectionName"))
		})
		if known {
			return Answer{Region: service.Text("location"), Stack: stackOf(service), Database: database.ID}, nil
		}
	}
	return Answer{}, fmt.Errorf("no service with a database answers for %s", host)
}
