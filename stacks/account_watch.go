package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/detection"
	"haven/components/keys"
	"haven/components/notifications"
	"haven/components/operators"
	"haven/components/sessions"
	"haven/components/spending"
)

// sessionHours is how long an operator stays one before the second factor is asked for again.
const sessionHours = 4

// watch is who looks after an account, and how they are told.
type watch struct {
	people         *operators.Operators
	home, recovery *notifications.Notifications
}

// watch declares roles, sessions, topics and what looks for threats and costs.
func (a *account) watch(ctx *pulumi.Context, home, recovery watched, logs *keys.Key) (*watch, error) {
	w := &watch{}
	for _, part := range []func() error{
		func() (err error) { w.people, err = a.people(ctx); return },
		func() error { return a.sessions(ctx, home, recovery, logs) },
		func() (err error) { w.home, err = a.tell(ctx, home); return },
		func() (err error) { w.recovery, err = a.tell(ctx, recovery); return },
		func() error { return a.forward(ctx) },
		func() error { return a.detect(ctx, home, recovery.region) },
		func() error { return a.detect(ctx, recovery) },
		func() error { return a.spend(ctx, w.home) },
	} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// people makes the roles that people take on.
func (a *account) people(ctx *pulumi.Context) (*operators.Operators, error) {
	regions := []string{a.config.Region, a.config.RecoveryRegion}
	if !slices.Contains(regions, notifications.GlobalRegion) {
		regions = append(regions, notifications.GlobalRegion)
	}
	return operators.New(ctx, "operators", operators.Args{
		Scope:        a.scope,
		Account:      a.config.Account,
		Principals:   a.config.Operators,
		Regions:      regions,
		SessionHours: sessionHours,
	}, a.child())
}

func (a *account) emergencyRoleARN() string {
	return operators.EmergencyRoleARN(a.scope, a.config.Account)
}

// tell makes one region's topics, and the rules of what they are told.
func (a *account) tell(ctx *pulumi.Context, in watched) (*notifications.Notifications, error) {
	return notifications.New(ctx, "notifications"+in.suffix, notifications.Args{
		Scope:            a.scope,
		Account:          a.config.Account,
		Region:           in.region,
		CriticalEmails:   a.config.Alerts.Critical,
		WarningEmails:    a.config.Alerts.Warning,
		InfoEmails:       a.config.Alerts.Info,
		EmergencyRoleARN: a.emergencyRoleARN(),
	}, in.child)
}

// forward brings home what AWS reports in its global region, unless that is one of the account's own.
func (a *account) forward(ctx *pulumi.Context) error {
	if slices.Contains([]string{a.config.Region, a.config.RecoveryRegion}, notifications.GlobalRegion) {
		return nil
	}
	global, err := a.provider(ctx, "aws-global", a.config.Account, notifications.GlobalRegion)
	if err != nil {
		return err
	}
	_, err = notifications.NewForwarding(ctx, "forwarding", notifications.ForwardingArgs{
		Scope:            a.scope,
		Account:          a.config.Account,
		Region:           a.config.Region,
		EmergencyRoleARN: a.emergencyRoleARN(),
	}, pulumi.Parent(a.root), pulumi.Providers(global))
	return err
}

// detect watches one region; the home gathers what is found in the linked ones.
func (a *account) detect(ctx *pulumi.Context, in watched, linked ...string) error {
	_, err := detection.New(ctx, "detection"+in.suffix, detection.Args{
		Scope:         a.scope,
		Account:       a.config.Account,
		Region:        in.region,
		LinkedRegions: linked,
	}, in.child)
	return err
}

// sessions rules the sessions of both regions, whose logs each region's copy of the key encrypts.
func (a *account) sessions(ctx *pulumi.Context, home, recovery watched, logs *keys.Key) error {
	for _, of := range []struct {
		in  watched
		key pulumi.StringInput
	}{{home, logs.ARN}, {recovery, logs.ReplicaARN}} {
		_, err := sessions.New(ctx, "sessions"+of.in.suffix, sessions.Args{
			Scope:            a.scope,
			Account:          a.config.Account,
			Region:           of.in.region,
			LogsKeyARN:       of.key,
			LogRetentionDays: a.config.LogRetentionDays,
		}, of.in.child)
		if err != nil {
			return err
		}
	}
	return nil
}

// spend tells the home's topics what the account costs.
func (a *account) spend(ctx *pulumi.Context, home *notifications.Notifications) error {
	_, err := spending.New(ctx, "spending", spending.Args{
		Scope:            a.scope,
		Account:          a.config.Account,
		MonthlyBudgetUSD: a.config.MonthlyBudgetUSD,
		CriticalTopicARN: home.CriticalTopicARN,
		WarningTopicARN:  home.WarningTopicARN,
		InfoTopicARN:     home.InfoTopicARN,
	}, a.child())
	return err
}
