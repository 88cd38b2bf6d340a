package recovery

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"

	"haven/components/dump/manifest"
	"haven/components/naming"
)

// machineType is the type of state machines.
const machineType = "aws:sfn/stateMachine:StateMachine"

// up brings stacks up side by side, has the files of each brought back and its database read, and waits until all of that
// is done. It begins as soon as a stack's state machine is there, while the rest of the stack is made; where that comes to
// nothing, as something that it takes was not there yet, it is begun again once the stack is up.
func (r *Recovery) up(ctx context.Context, all []Restoring) error {
	now, err := r.Cloud.Now()
	if err != nil {
		return err
	}
	filling := &refilling{Recovery: r, done: map[string]bool{}}
	var names []string
	for _, stack := range all {
		names = append(names, stack.Stack)
	}
	err = r.watched(ctx, func(stack, token, id string) {
		for _, each := range all {
			if each.Stack == stack && !filled(each, now) && token == machineType && strings.HasSuffix(id, ":"+each.machine()) {
				filling.begin(ctx, each, id)
			}
		}
	}, names)
	filling.Wait()
	if err != nil {
		return err
	}
	return r.each(len(all), func(i int) error {
		if filled(all[i], now) {
			return nil
		}
		if err := filling.end(ctx, all[i]); err != nil {
			return fmt.Errorf("%s: its files and its database's pages: %w", all[i].Stack, err)
		}
		return nil
	})
}

func (r *Recovery) watched(ctx context.Context, made func(stack, token, id string), names []string) error {
	if watcher, watches := r.Deployer.(Watcher); watches {
		return watcher.UpWatching(ctx, made, names...)
	}
	return r.Deployer.Up(ctx, names...)
}

// machine is the name of the state machine that fills a stack.
func (g Restoring) machine() string { return naming.Scope{Stack: g.Stack}.Name("restoration") }

// execution is the name of the execution that fills a stack: of the dump, and of the generation, since two may take the
// same dump.
func (g Restoring) execution() string {
	return naming.Generation(path.Base(path.Dir(g.Files)), g.Generation)
}

// remembered is for how long Step Functions surely knows the name of an execution: 90 days from its end.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
const remembered = 60 * 24 * time.Hour

// filled says that a stack was filled too long ago for its execution to be found: begun again, it would put the dump's files
// in the place of what users have since.
func filled(stack Restoring, now time.Time) bool {
	dumped, err := time.Parse(manifest.TimeLayout, path.Base(path.Dir(stack.Files)))
	return stack.again && err == nil && now.Sub(dumped) > remembered
}

// refilling are stacks while they are filled.
type refilling struct {
	*Recovery
	sync.WaitGroup
	mu   sync.Mutex
	done map[string]bool // by machine: whether it has been begun, and has succeeded
}

// begin fills a stack in the background, once.
func (f *refilling) begin(ctx context.Context, stack Restoring, machine string) {
	f.mu.Lock()
	_, begun := f.done[machine]
	f.done[machine] = false
	f.mu.Unlock()
	if begun {
		return
	}
	f.Go(func() {
		succeeded := f.Cloud.Refill(ctx, machine, stack.execution()) == nil
		f.mu.Lock()
		defer f.mu.Unlock()
		f.done[machine] = succeeded
	})
}

// end fills a stack that is up, where that has not been done.
func (f *refilling) end(ctx context.Context, stack Restoring) error {
	is, err := f.tenant(stack.Stack)
	if err != nil || f.done[is.RestorationARN] {
		return err
	}
	if is.RestorationARN == "" {
		return errors.New("its stack exports no state machine that brings them back")
	}
	return f.Cloud.Refill(ctx, is.RestorationARN, stack.execution())
}
