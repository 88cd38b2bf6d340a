package main

import (
	"encoding/json"
	"os"
	"time"

	"haven/infra/dump"
	"haven/infra/dump/cognito"
	"haven/infra/dump/mysql"
)

// line is what is printed of a dump that is complete.
type line struct {
	Tenant      string      `json:"tenant"`
	Generation  int         `json:"generation"`
	StartedAt   time.Time   `json:"startedAt"`
	CompletedAt time.Time   `json:"completedAt"`
	Place       string      `json:"place"`
	Manifest    string      `json:"manifestSha256"`
	Bytes       int64       `json:"bytes"`
	Tables      int         `json:"tables"`
	Rows        int64       `json:"rows"`
	Files       dump.Files  `json:"files"`
	Users       *dump.Users `json:"users,omitempty"`
	Binlog      dump.Binlog `json:"binlog"`
	// Accounts says what became of the accounts of a restore.
	Accounts *cognito.Restored `json:"accounts,omitempty"`
	// Warmed is what a restore has read.
	Warmed []mysql.Warmed `json:"warmed,omitempty"`
	// Seconds are how long the command took.
	Seconds float64 `json:"seconds"`
}

func summary(m *dump.Manifest, place string, begun time.Time) line {
	return line{
		Tenant: m.Tenant, Generation: m.Generation, StartedAt: m.StartedAt, CompletedAt: m.CompletedAt,
		Place: place, Manifest: m.Digest(), Bytes: m.Bytes(), Tables: len(m.Tables), Rows: m.Rows(),
		Files: m.Files, Users: m.Users, Binlog: m.Binlog, Seconds: time.Since(begun).Seconds(),
	}
}

// report prints what was done, in a line.
func report(done any) error { return json.NewEncoder(os.Stdout).Encode(done) }
