// Package users is the part of a dump that says who may sign in: the accounts and the groups of a user pool.
//
// It is one JSON object, which says whose dump it is a part of. It holds no password and no second factor: a user pool
// gives neither out, to nobody. It knows no cloud.
package users

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Directory is who may sign in.
type Directory struct {
	// Groups and Users are ordered by name, each name once.
	Groups []Group `json:"groups"`
	Users  []User  `json:"users"`
}

// Group is a group of accounts.
type Group struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// Precedence is that of the group's role; nil where it has none.
	Precedence *int32 `json:"precedence,omitempty"`
}

// User is an account.
type User struct {
	// Name is the user pool's name of it, Status the state it is in, such as CONFIRMED.
	Name   string `json:"name"`
	Status string `json:"status"`
	// Enabled says whether its owner may sign in.
	Enabled bool      `json:"enabled"`
	Created time.Time `json:"created"`
	// Attributes are its owner's, such as email, Groups the names of those it is in, ordered.
	Attributes map[string]string `json:"attributes"`
	Groups     []string          `json:"groups"`
}

// part is a directory as it is stored.
type part struct {
	Identity string `json:"identity"`
	Directory
}

// Write writes a directory as a part of the dump of that identity.
func Write(to io.Writer, identity string, d *Directory) error {
	d.order()
	return json.NewEncoder(to).Encode(part{identity, *d})
}

// order is the one in which a directory is written.
func (d *Directory) order() {
	if d.Groups == nil {
		d.Groups = []Group{}
	}
	if d.Users == nil {
		d.Users = []User{}
	}
	slices.SortFunc(d.Groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(d.Users, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
	for i := range d.Users {
		if d.Users[i].Groups == nil {
			d.Users[i].Groups = []string{}
		}
		slices.Sort(d.Users[i].Groups)
	}
}

// Read reads a directory, and the identity of the dump that it is a part of.
func Read(from io.Reader) (*Directory, string, error) {
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	var p part
	if err := decoder.Decode(&p); err != nil {
		return nil, "", errors.New("what it holds is no directory of users as haven-dump writes it") // a cause could quote it
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, "", errors.New("there is more after the directory of users")
	}
	return &p.Directory, p.Identity, p.check()
}

func (d *Directory) check() error {
	known := map[string]bool{}
	for i, group := range d.Groups {
		if group.Name == "" || known[group.Name] {
			return fmt.Errorf("groups[%d]: expected a name, each once", i)
		}
		known[group.Name] = true
	}
	seen := map[string]bool{}
	for i, user := range d.Users {
		if user.Name == "" || seen[user.Name] {
			return fmt.Errorf("users[%d]: expected a name, each once", i)
		}
		seen[user.Name] = true
		for _, group := range user.Groups {
			if !known[group] {
				return fmt.Errorf("users[%d]: it is in a group that there is none of", i)
			}
		}
	}
	return nil
}
