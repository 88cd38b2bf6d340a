package rpo

import (
	"fmt"
	"strings"
	"time"

	"haven/components/tiers"
	"haven/policy/graph"
)

// Link is one step on the way of a copy.
type Link struct {
	// What it is: "a dump every".
	What string
	// Most is how long it takes at most, or how far two of them are apart.
	Most time.Duration
	// By is the resource that says so; nil for what the provider says or the step is given.
	By *graph.Resource
	// Ends is the kind of copy that is there once it is done, whose age somebody is told of.
	Ends tiers.Copy
}

// Chain is how a kind of copy of a tenant's data comes to be.
type Chain struct {
	Stack string
	tiers.Bound
	Links []Link
	// Missing is why there is no chain; empty where there is one.
	Missing string
}

// Sum is how old the newest copy can be.
func (c Chain) Sum() time.Duration {
	var sum time.Duration
	for _, link := range c.Links {
		sum += link.Most
	}
	return sum
}

// String is the sum as it is reckoned: "dump-copy: a dump every 1h + … = 1h45m, at most 2h".
func (c Chain) String() string {
	var terms []string
	for _, link := range c.Links {
		terms = append(terms, link.String())
	}
	return fmt.Sprintf("%s: %s = %s, at most %s", c.Copy, strings.Join(terms, " + "), short(c.Sum()), short(c.Age))
}

func (l Link) String() string {
	if l.By == nil {
		return l.What + " " + short(l.Most)
	}
	return fmt.Sprintf("%s %s (%s)", l.What, short(l.Most), l.By.Name())
}

// witness is the URNs of what the chain consists of.
func (c Chain) witness() []string {
	var urns []string
	for _, link := range c.Links {
		if link.By != nil {
			urns = append(urns, link.By.URN)
		}
	}
	return urns
}

// short is a duration without the zeros at its end: "12h", "1h45m".
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
