package recovery

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Mode is what a tenant is brought back for, as stack files say it.
type Mode string

const (
	Drill  Mode = "drill"
	Ready  Mode = "ready"
	Active Mode = "active"
	// OffSite is in another company's cloud: no mode of a tenant's file, but a role of its own.
	OffSite Mode = "offsite"
	// InPlace is within the tenant's own stack: no mode of its file, but a generation of its data.
	InPlace Mode = "generation"
)

// Restoring is a stack that brings a tenant back.
type Restoring struct {
	Tenant Tenant
	// Stack is its name, Cell where it lies, Region that cell's.
	Stack, Cell, Region string
	// Slot is its place in the cell.
	Slot int
	Mode Mode
	// Source is what the database is made from; nothing in the mode ready.
	Source Source
	// Files is the key of the manifest of the dump that the files come from.
	Files string
	// Generation is the one that is brought back [InPlace], From the one that it is made from, Quarantined those that lie in
	// quarantine then.
	Generation, From int
	Quarantined      []int
	// again says that it was brought back before, as its file tells.
	again bool
}

// left are the settings of a tenant's file that one brought back has not: it lies elsewhere, and is copied nowhere.
var left = []string{"name", "standby", "mirror", "wave", "monthlyBudgetUSD", "deletionDate", "restore", "data"}

// notice is the first line of a file that haven has written, by which it knows its own again.
const notice = "# Written by haven from what %s exports. haven retire removes it with its stack.\n"

// Write writes the stack file beside that of the tenant, and answers its path. A file of that name that haven did not
// write is refused.
func (r Restoring) Write(folder string) (string, error) {
	file, settings, err := r.read(folder)
	if err != nil {
		return "", err
	}
	for _, name := range left {
		delete(settings, name)
	}
	restore, err := r.restore()
	if err != nil {
		return "", fmt.Errorf("%s: %w", r.Stack, err)
	}
	settings["cell"], settings["slot"], settings["restore"] = r.Cell, r.Slot, restore
	if delete(settings, "host"); r.Mode != Drill {
		settings["host"] = r.Tenant.Host()
	}
	file["config"].(map[string]any)["haven:tenant"] = settings
	if err := r.sealed(folder, file); err != nil {
		return "", err
	}
	text, err := yaml.Marshal(file)
	if err != nil {
		return "", err
	}
	path := FileOf(folder, r.Stack)
	if there, err := os.ReadFile(path); err == nil && !Written(there) {
		return "", fmt.Errorf("%s is there, and haven did not write it: move it away", path)
	}
	return path, replace(path, append(fmt.Appendf(nil, notice, r.Tenant.Stack), text...))
}

// sealing are the settings by which Pulumi keeps a stack's secrets.
var sealing = []string{"secretsprovider", "encryptedkey", "encryptionsalt"}

// sealed gives a file the settings of sealing that the one that is there has: Pulumi wrote them when it made the stack.
func (r Restoring) sealed(folder string, file map[string]any) error {
	text, err := os.ReadFile(FileOf(folder, r.Stack))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var there map[string]any
	if err == nil {
		err = yaml.Unmarshal(text, &there)
	}
	for _, name := range sealing {
		if value, given := there[name]; given {
			file[name] = value
		}
	}
	return err
}

// read is the tenant's own file: all of it, and its settings as a tenant.
func (r Restoring) read(folder string) (file, settings map[string]any, err error) {
	text, err := os.ReadFile(FileOf(folder, r.Tenant.Stack))
	if err != nil {
		return nil, nil, err
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, nil, err
	}
	values, _ := file["config"].(map[string]any)
	settings, is := values["haven:tenant"].(map[string]any)
	if !is {
		return nil, nil, fmt.Errorf("%s is no tenant", r.Tenant.Stack)
	}
	return file, settings, nil
}

// restore is the setting of that name. What the tenant's stack should have exported and has not is an error.
func (r Restoring) restore() (map[string]any, error) {
	home := r.Region == r.Tenant.Region
	missing := &missing{}
	pick := func(name, here, abroad string) string {
		if home {
			return missing.need(name, here)
		}
		return missing.need(name+" of the recovery region", abroad)
	}
	t := r.Tenant
	secrets := map[string]any{
		"keyARN":            pick("the key of its secrets", t.SecretsKeyARN, t.SecretsReplicaKeyARN),
		"applicationKeyARN": pick("the application's key", t.ApplicationKeyARN, t.ApplicationKeyReplica),
	}
	setting := map[string]any{
		"of": t.Stack, "mode": string(r.Mode),
		"archive": map[string]any{
			"bucket": pick("the archive", t.ArchiveBucket, t.ArchiveReplicaBucket),
			"keyARN": pick("the archive's key", t.ArchiveKeyARN, t.ArchiveReplicaKeyARN),
		},
		"secrets": secrets,
	}
	if r.Mode != Drill {
		setting["certificateARN"] = missing.need("its certificate in the recovery region", t.RecoveryCertificateARN)
	}
	if database := r.database(missing, pick, secrets); database != nil {
		setting["database"] = database
	}
	if r.Files != "" {
		setting["files"] = map[string]any{"dump": r.Files}
	}
	return setting, missing.err()
}

func (r Restoring) database(missing *missing, pick func(name, here, abroad string) string, secrets map[string]any,
) map[string]any {
	t := r.Tenant
	if r.Mode == Ready && t.ReplicaARN == "" {
		return nil
	}
	kind, id := r.Source.Kind, r.Source.ID
	if r.Mode == Ready {
		kind, id = Replica, t.ReplicaARN
	}
	database := map[string]any{string(kind): id}
	if kind != Dump {
		database["keyARN"] = r.Source.Key
		if r.Source.Key == "" {
			database["keyARN"] = pick("the key of its database", t.DatabaseKeyARN, t.DatabaseReplicaKeyARN)
		}
	}
	switch kind {
	case Replica:
		database["address"] = missing.need("the replica's address", t.ReplicaAddress)
		database["clientsGroupID"] = missing.need("the group of the replica's clients", t.ReplicaClientsGroupID)
		secrets["databaseARN"] = missing.need("the replica of the database's secret", t.DatabaseSecretReplica)
	case AutomatedBackup, Instance:
		if r.Source.At.Before(r.Source.Until) {
			database["at"] = r.Source.At.UTC().Format(time.RFC3339)
		}
	}
	return database
}

// missing collects what should have been exported.
type missing struct{ names []string }

func (m *missing) need(name, value string) string {
	if value == "" {
		m.names = append(m.names, name)
	}
	return value
}

func (m *missing) err() error {
	if len(m.names) == 0 {
		return nil
	}
	return fmt.Errorf("its tenant's stack does not export %s; name its standby in its file, and bring it up before it is "+
		"needed", strings.Join(m.names, ", "))
}

// FileOf is the path of a stack's file.
func FileOf(folder, stack string) string { return filepath.Join(folder, "Pulumi."+stack+".yaml") }

// Written says whether haven wrote a stack file.
func Written(text []byte) bool {
	before, _, _ := strings.Cut(notice, "%s")
	return bytes.HasPrefix(text, []byte(before))
}

// Remove removes the file of a stack, if haven wrote it.
func Remove(folder, stack string) error {
	path := FileOf(folder, stack)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !Written(text) {
		return fmt.Errorf("%s stays: haven did not write it", path)
	}
	return errors.Join(err, os.Remove(path))
}

// replace writes a file as a whole.
func replace(path string, text []byte) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, text, 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
