package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// person is who runs the command: they may ask it to stop, and insist.
type person struct {
	// soft ends with the first Ctrl-C: the engine finishes what is under way. hard ends with the second.
	soft, hard context.Context
	// typed is what they type where they are asked; nil where they are at a terminal, or nowhere.
	typed func() (string, error)
	// pace is how long to wait between two looks at a real cloud; zero is as long as is right for one.
	pace time.Duration
}

// listen waits for Ctrl-C until the function it answers is called.
func (p *person) listen() (stop func()) {
	var ask, insist context.CancelFunc
	p.soft, ask = context.WithCancel(context.Background())
	p.hard, insist = context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		fmt.Fprintln(os.Stderr, "haven: stopping; what is under way is finished and the state saved. "+
			"Ctrl-C again stops at once.")
		ask()
		<-signals
		fmt.Fprintln(os.Stderr, "haven: stopping at once; the next run settles what is left.")
		insist()
	}()
	return func() {
		signal.Stop(signals)
		ask()
		insist()
	}
}

// interrupted says whether they asked to stop.
func (p *person) interrupted() bool { return p.soft.Err() != nil }
