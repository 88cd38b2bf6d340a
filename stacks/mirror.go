package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/mirror"
	"haven/components/naming"
	"haven/stacks/config"
)

// MirrorType is the component that everything in a mirror's stack descends from.
const MirrorType = "haven:stacks:Mirror"

// mirrored is a mirror's stack while it is being composed.
type mirrored struct {
	*root
	config    *config.Mirror
	scope     naming.Scope
	protected bool
	google    *gcp.Provider
}

// deployMirror declares the copy of the environment's backups in Google Cloud, and what pulls it from each cell.
func deployMirror(ctx *pulumi.Context, stack *config.Stack) error {
	settings := stack.Mirror
	root, err := newRoot(ctx, MirrorType)
	if err != nil {
		return err
	}
	google, err := root.googleProvider(ctx, settings.Project)
	if err != nil {
		return err
	}
	m := &mirrored{
		root:   root,
		config: settings,
		scope: naming.Scope{
			Environment: settings.Environment, Stack: stack.Name, Cell: stack.Name, Owner: settings.Owner,
		},
		protected: stack.Teardown.IsZero(),
		google:    google,
	}
	return m.compose(ctx)
}

// googleProvider is Google Cloud's, for one project.
func (r *root) googleProvider(ctx *pulumi.Context, project string) (*gcp.Provider, error) {
	p, err := gcp.NewProvider(ctx, "gcp", &gcp.ProviderArgs{Project: pulumi.String(project)}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("provider gcp: %w", err)
	}
	return p, nil
}

func (m *mirrored) compose(ctx *pulumi.Context) error {
	copies, err := mirror.New(ctx, "mirror", mirror.Args{
		Scope:          m.scope,
		Project:        m.config.Project,
		Location:       m.config.Location,
		Regions:        m.config.Regions,
		RetentionDays:  m.config.RetentionDays,
		Locked:         m.config.Locked,
		SoftDeleteDays: m.config.SoftDeleteDays,
		CriticalEmails: m.config.Alerts.Critical,
		WarningEmails:  m.config.Alerts.Warning,
		Protected:      m.protected,
	}, pulumi.Parent(m.root), pulumi.Providers(m.google))
	if err != nil {
		return err
	}
	for i, cell := range m.config.Cells {
		if err := m.transfer(ctx, fmt.Sprintf("mirror.cells[%d]", i), cell, copies); err != nil {
			return err
		}
	}
	ctx.Export(mirrorOutput, pulumi.Map{
		"environment":      pulumi.String(m.config.Environment),
		"production":       pulumi.Bool(m.config.Production),
		"owner":            pulumi.String(m.config.Owner),
		"project":          pulumi.String(m.config.Project),
		"location":         pulumi.String(m.config.Location),
		"cells":            pulumi.ToStringArray(m.config.Cells),
		"retentionDays":    pulumi.Int(m.config.RetentionDays),
		"bucket":           copies.Bucket,
		"keyId":            copies.KeyID,
		"dumpsMetric":      copies.DumpsMetric,
		"criticalChannels": copies.CriticalChannels,
		"warningChannels":  copies.WarningChannels,
	})
	return nil
}

// transfer pulls the backups of one cell, with a role in its account.
func (m *mirrored) transfer(ctx *pulumi.Context, path, cell string, into *mirror.Mirror) error {
	source, err := m.source(ctx, path, cell)
	if err != nil {
		return err
	}
	amazon, err := m.provider(ctx, "aws-"+cell, source.Account, source.Region)
	if err != nil {
		return err
	}
	_, err = mirror.NewTransfer(ctx, "transfer-"+cell, mirror.TransferArgs{
		Scope: m.scope,
		Cell:  cell,
		Source: mirror.Source{
			Region:   source.Region,
			Bucket:   source.ArchiveBucket,
			KeyARN:   source.ArchiveKeyARN,
			QueueARN: source.ArchiveQueueARN,
		},
		Sink:           into.Bucket,
		AgentSubjectID: into.AgentSubjectID,
		Agent:          into.Agent,
		Project:        into.Project,
		Channels:       into.WarningChannels,
		RetentionDays:  m.config.RetentionDays,
	}, pulumi.Parent(m.root), pulumi.Providers(m.google, amazon))
	return err
}

// source is what the cell of that stack name exports of its backups.
func (m *mirrored) source(ctx *pulumi.Context, path, cell string) (mirrorSource, error) {
	var source mirrorSource
	value, err := m.outputOf(ctx, cell, cellOutput)
	if err == nil {
		err = decode(value, &source, true)
	}
	switch {
	case err != nil:
		return source, fmt.Errorf("%s: stack %q exports no backups that this version can read; bring it up first: %w",
			path, cell, err)
	case source.Environment != m.config.Environment:
		return source, fmt.Errorf("%s: %s belongs to the environment %q, expected one of %q; name another cell", path, cell,
			source.Environment, m.config.Environment)
	}
	return source, nil
}
