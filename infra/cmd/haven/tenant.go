package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"haven/components/archive"
	"haven/components/naming"
	"haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/evidence"
	"haven/infra/export"
	"haven/stacks/config"
)

func newTenant() *cobra.Command {
	cmd := &cobra.Command{Use: "tenant", Short: "Hand a tenant its data, and show what was deleted of one that is gone"}
	cmd.AddCommand(newExport(), newCertificate())
	onlyVerbs(cmd)
	return cmd
}

// oneTenant refuses anything but the name of one tenant.
func oneTenant(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return engine.Problemf("%s takes one tenant, its name or its stack's, but got %q", verbOf(cmd), args)
	}
	return nil
}

// exporting is `haven tenant export` with its flags.
type exporting struct {
	to                   string
	final, account, json bool
}

func newExport() *cobra.Command {
	e := &exporting{}
	cmd := &cobra.Command{
		Use:   "export TENANT --to FOLDER",
		Short: "Fetch a tenant's whole data set from the archive, with its manifest",
		Long: "Fetch a tenant's newest complete dump from the archive of its cell: the database as SQL text, the files,\n" +
			"the sealed secrets, and the manifest that says what they are. All of it is verified before the folder takes\n" +
			"its name. In the sandbox the data is simulated: it is nobody's. With --account it is fetched from the account\n" +
			"that the tenant's cell names, with the credentials that the AWS CLI would use. Ctrl-C leaves nothing behind.\n" +
			"TENANT is the tenant's name or its stack's.",
		Args: oneTenant,
		RunE: func(cmd *cobra.Command, args []string) error { return e.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&e.to, "to", "", "the folder, which is not there yet or is empty")
	flags.BoolVar(&e.final, "final", false, "only a dump that was made while the tenant was leaving")
	flags.BoolVar(&e.account, "account", false, "fetch it from the account that the cell names, not from the sandbox")
	flags.BoolVar(&e.json, "json", false, "print one JSON object {tenant, source, simulated, place, folder, final, "+
		"generation, startedAt, completedAt, server, tables, rows, files, bytes, manifestSha256, recipients}")
	return cmd
}

func (e *exporting) run(ctx context.Context, name string) error {
	if e.to == "" {
		return engine.Problemf("tenant export: name a folder that is not there yet with --to")
	}
	checkout, err := here()
	if err != nil {
		return err
	}
	tenant, cell, err := placeOf(checkout, "tenant export", name)
	if err != nil {
		return err
	}
	from, err := e.archive(ctx, checkout, cell)
	if err != nil {
		return err
	}
	order := export.Order{
		Tenant: tenant.Tenant.Name, Final: e.final, To: e.to, Recipients: cell.Cell.Backup.Recipients,
	}
	done, err := order.Fetch(ctx, from)
	if err != nil {
		return fmt.Errorf("tenant export: %w", err)
	}
	if e.json {
		return printJSON(done)
	}
	tellExport(done)
	return nil
}

// archive is the one of the tenant's cell.
func (e *exporting) archive(ctx context.Context, checkout engine.Checkout, cell *config.Stack) (export.Archive, error) {
	bucket := archive.BucketName(naming.Scope{Stack: cell.Name}, cell.Cell.Account, cell.Cell.Region)
	if e.account {
		return export.Open(ctx, cell.Cell.Account, cell.Cell.Region, bucket)
	}
	there, err := environment.World(checkout)
	return export.Sandbox{World: there, Bucket: bucket}, err
}

// placeOf is the tenant of that name, or of that stack, and its cell.
func placeOf(checkout engine.Checkout, verb, name string) (tenant, cell *config.Stack, err error) {
	directory, err := environment.LoadAll(checkout)
	if err != nil {
		return nil, nil, err
	}
	if tenant, err = tenantOf(directory, verb, "", name); err != nil {
		return nil, nil, err
	}
	cell, err = directory.Stack(tenant.Tenant.Cell)
	return tenant, cell, err
}

func newCertificate() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "certificate TENANT",
		Short: "Show what certifies the deletion of a tenant that is gone",
		Long: "Show the certificate of deletion that haven up wrote when the tenant was gone, once the records before it\n" +
			"have been checked: none altered, none removed. TENANT is the tenant's name or its stack's; its stack file\n" +
			"need not be there any more.",
		Args: oneTenant,
		RunE: func(_ *cobra.Command, args []string) error {
			checkout, err := here()
			if err != nil {
				return err
			}
			kept, err := evidence.Folder(checkout.Path("evidence")).Of(args[0])
			switch {
			case err != nil:
				return fmt.Errorf("tenant certificate: %w", err)
			case asJSON:
				return printJSON(kept.Record)
			}
			fmt.Printf("%s\nKept in %s\n", kept, kept.Path)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the record: {format, number, previous, writtenAt, simulated, "+
		"deletion: {tenant, stack, deletionDate, deletedAt, export, deleted, outlives, …}}")
	return cmd
}

func tellExport(done export.Report) {
	fmt.Printf("The data of %s is in %s, complete and verified.\n\n", done.Tenant, done.Folder)
	if done.Simulated {
		fmt.Print("It is simulated: the sandbox holds the data of nobody.\n\n")
	}
	for _, line := range [][2]string{
		{"from", done.Place + ", " + done.Source},
		{"as of", done.StartedAt.Format(time.RFC3339) + ": every transaction that was committed before"},
		{"database", fmt.Sprintf("tables: %d, rows: %d, server: %s; database.sql.zst", done.Tables, done.Rows,
			done.Server)},
		{"files", fmt.Sprintf("regular files: %d, of %d bytes; files.tar.zst", done.Files.Count, done.Files.Bytes)},
		{"size", fmt.Sprintf("%d bytes in all", done.Bytes)},
		{"manifest", "SHA-256 " + done.ManifestSHA256},
		{"secrets", "secrets.age opens with the identity of one of " + strings.Join(done.Recipients, ", ") +
			": age --decrypt -i IDENTITY secrets.age"},
	} {
		fmt.Printf("  %-9s %s\n", line[0], line[1])
	}
	if done.Simulated {
		fmt.Println("\nNothing is sealed in a simulated secrets.age: no identity opens it.")
	}
}
