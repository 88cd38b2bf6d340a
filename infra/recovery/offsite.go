package recovery

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"haven/stacks/config"
)

// offsiteSuffix ends the names of stacks that bring a tenant back in another company's cloud.
const offsiteSuffix = "-offsite"

// Mirror is where the dumps lie that outlive the loss of AWS.
type Mirror struct {
	Project, Bucket string
	Alerts          config.MirrorAlerts
}

// Mirror is the environment's, by its stack file and by what its stack has exported.
func (r *Recovery) Mirror() (Mirror, error) {
	for _, stack := range r.Environment.Stacks {
		if stack.Role != config.RoleMirror {
			continue
		}
		exported, err := r.Deployer.Outputs(stack.Name)
		if err != nil {
			return Mirror{}, err
		}
		outputs, _ := exported["mirror"].(map[string]any)
		bucket, _ := outputs["bucket"].(string)
		if bucket == "" {
			return Mirror{}, fmt.Errorf("%s is not up: nothing outlives the loss of AWS", stack.Name)
		}
		return Mirror{Project: stack.Mirror.Project, Bucket: bucket, Alerts: stack.Mirror.Alerts}, nil
	}
	return Mirror{}, fmt.Errorf("%s has no mirror: nothing outlives the loss of AWS", r.Environment.Name)
}

// OffSite brings tenants back in Google Cloud, from the mirror alone: first what holds their data, then their newest
// dumps, then what serves them. It asks nothing of AWS.
func (r *Recovery) OffSite(ctx context.Context, tenants []Tenant) ([]Restoring, error) {
	mirror, err := r.Mirror()
	if err != nil {
		return nil, err
	}
	var all []Restoring
	for _, tenant := range tenants {
		dumps, err := r.Cloud.Dumps(ctx, mirror.Bucket, tenant.ArchivePrefix)
		if err != nil {
			return nil, err
		}
		stack := Restoring{Tenant: tenant, Stack: r.Environment.Name + "-" + tenant.Name + offsiteSuffix, Mode: OffSite,
			Region: offsiteRegion}
		if stack.Source, err = Choose(dumps, time.Time{}); err != nil {
			return nil, fmt.Errorf("%s: the mirror: %w", tenant.Name, err)
		}
		r.say("%s: from the %s", stack.Stack, stack.Source)
		all = append(all, stack)
	}
	if err := r.offsite(ctx, all, mirror, false); err != nil {
		return nil, err
	}
	for i, stack := range all {
		outputs, err := r.offsiteOutputs(stack)
		if err != nil {
			return nil, err
		}
		job, _ := outputs["restoreJob"].(string)
		if all[i].Source.At, err = r.Cloud.RunRestoration(ctx, job); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Serve has what serves tenants that were brought back off site run; nothing does for who is suspended.
func (r *Recovery) Serve(ctx context.Context, all []Restoring) error {
	mirror, err := r.Mirror()
	if err != nil {
		return err
	}
	return r.offsite(ctx, slices.DeleteFunc(slices.Clone(all), func(s Restoring) bool {
		return !s.Tenant.Config.Serves()
	}), mirror, true)
}

func (r *Recovery) offsite(ctx context.Context, all []Restoring, mirror Mirror, serving bool) error {
	var names []string
	for _, stack := range all {
		if err := r.writeOffsite(stack, mirror, serving); err != nil {
			return err
		}
		names = append(names, stack.Stack)
	}
	return r.Deployer.Up(ctx, names...)
}

// OffsiteHost is where a tenant's users find it off site: a name beside its own, for it has to be delegated elsewhere.
func OffsiteHost(tenant Tenant) string {
	label, domain, _ := strings.Cut(tenant.Host(), ".")
	return label + ".offsite." + domain
}

// offsiteRegion is where tenants are brought back in Google Cloud.
const offsiteRegion = "europe-west4"

// writeOffsite writes the file of a stack that brings a tenant back off site.
func (r *Recovery) writeOffsite(of Restoring, mirror Mirror, serving bool) error {
	t := of.Tenant
	alerts := map[string]any{"critical": mirror.Alerts.Critical}
	if len(mirror.Alerts.Warning) > 0 {
		alerts["warning"] = mirror.Alerts.Warning
	}
	settings := map[string]any{
		"environment": r.Environment.Name, "tenant": t.Name, "tier": string(t.Tier),
		"project": "haven-" + r.Environment.Name + "-" + t.Name, "region": of.Region, "host": OffsiteHost(t),
		"mirror": map[string]any{"project": mirror.Project, "bucket": mirror.Bucket},
		"dump":   path.Dir(of.Source.ID), "dumpImage": r.copied("dump:1"),
		"application": map[string]any{
			"image": r.copied(path.Base(t.Config.Application.Image))},
		"alerts": alerts, "serving": serving,
	}
	text, err := yaml.Marshal(map[string]any{"config": map[string]any{
		"haven:role": string(config.RoleOffsite), "haven:offsite": settings,
	}})
	if err != nil {
		return err
	}
	file := FileOf(r.Folder, of.Stack)
	if there, err := os.ReadFile(file); err == nil && !Written(there) {
		return fmt.Errorf("%s is there, and haven did not write it: move it away", file)
	}
	return replace(file, append(fmt.Appendf(nil, notice, t.Stack), text...))
}

// copied is where an image lies in the environment's registry in Google Cloud. The sandbox has no images: there the
// digest is that of the name, where the name has none.
func (r *Recovery) copied(image string) string {
	if !strings.Contains(image, "@sha256:") {
		image = fmt.Sprintf("%s@sha256:%x", image, sha256.Sum256([]byte(image)))
	}
	return "europe-docker.pkg.dev/haven-" + r.Environment.Name + "-images/haven/" + image
}

func (r *Recovery) offsiteOutputs(of Restoring) (map[string]any, error) {
	exported, err := r.Deployer.Outputs(of.Stack)
	outputs, _ := exported["offsite"].(map[string]any)
	return outputs, err
}

// OffsiteDatabase is the instance that a stack off site has brought a tenant's data back in.
func (r *Recovery) OffsiteDatabase(of Restoring) (string, error) {
	outputs, err := r.offsiteOutputs(of)
	id, _ := outputs["databaseId"].(string)
	return id, err
}
