// Package cognitostub is as much of Amazon Cognito's user pools as listing and making accounts takes, on this machine,
// for tests.
package cognitostub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Account is an account of a pool.
type Account struct {
	Name, Status string
	Disabled     bool
	Attributes   map[string]string
	Groups       []string
	// Password is the permanent one that an administrator set last.
	Password string
}

// Server answers as Cognito does, for one pool.
type Server struct {
	*httptest.Server
	mutex    sync.Mutex
	accounts []*Account
	groups   []map[string]any
	calls    []string
	// Refuse, where it says so, has a call fail as one that is not allowed.
	Refuse func(action string, input map[string]any) bool
}

// pageSize is small, so that every list has several pages.
const pageSize = 2

// New is a pool of nobody.
func New() *Server {
	s := &Server{}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	return s
}

// Environment is what has the AWS SDK ask this server for user pools.
func (s *Server) Environment() []string {
	return []string{"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=" + s.URL, "AWS_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=nobody", "AWS_SECRET_ACCESS_KEY=nothing", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null"}
}

// Add puts an account there.
func (s *Server) Add(account Account) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.accounts = append(s.accounts, &account)
}

// Group puts a group there.
func (s *Server) Group(name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.groups = append(s.groups, map[string]any{"GroupName": name, "Description": "those of " + name, "Precedence": 7})
}

// Accounts are all accounts, by the address that their owners sign in with.
func (s *Server) Accounts() map[string]Account {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	all := map[string]Account{}
	for _, account := range s.accounts {
		all[account.Attributes["email"]] = *account
	}
	return all
}

// Groups are the names of all groups.
func (s *Server) Groups() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var names []string
	for _, group := range s.groups {
		names = append(names, group["GroupName"].(string))
	}
	return names
}

// Calls are the actions that were asked for, in their order.
func (s *Server) Calls() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.calls)
}

// refusal is an error as Cognito words it.
type refusal struct{ kind, message string }

func (r refusal) Error() string { return r.kind + ": " + r.message }

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	input := map[string]any{}
	err := json.NewDecoder(r.Body).Decode(&input)
	s.calls = append(s.calls, action)
	var output any
	switch {
	case err != nil:
		err = refusal{"SerializationException", err.Error()}
	case s.Refuse != nil && s.Refuse(action, input):
		err = refusal{"NotAuthorizedException", "not allowed"}
	default:
		output, err = s.act(action, input)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if err != nil {
		kind, message, _ := strings.Cut(err.Error(), ": ")
		w.WriteHeader(http.StatusBadRequest)
		output = map[string]any{"__type": kind, "message": message}
	}
	_ = json.NewEncoder(w).Encode(output) // a client that left hears nothing
}

func (s *Server) act(action string, input map[string]any) (any, error) {
	text := func(name string) string { value, _ := input[name].(string); return value }
	switch action {
	case "ListUsers":
		return s.listed(s.accounts, text("PaginationToken"), "PaginationToken"), nil
	case "ListUsersInGroup":
		members := slices.DeleteFunc(slices.Clone(s.accounts), func(a *Account) bool {
			return !slices.Contains(a.Groups, text("GroupName"))
		})
		return s.listed(members, text("NextToken"), "NextToken"), nil
	case "ListGroups":
		groups, next := page(s.groups, text("NextToken"))
		return map[string]any{"Groups": groups, "NextToken": next}, nil
	case "CreateGroup":
		if slices.ContainsFunc(s.groups, func(g map[string]any) bool { return g["GroupName"] == text("GroupName") }) {
			return nil, refusal{"GroupExistsException", "A group with the name already exists."}
		}
		s.groups = append(s.groups, input)
		return map[string]any{}, nil
	case "AdminCreateUser":
		return s.create(text("Username"), input)
	}
	account := s.named(text("Username"))
	if account == nil {
		return nil, refusal{"UserNotFoundException", "User does not exist."}
	}
	switch action {
	case "AdminGetUser":
		return map[string]any{"Username": account.Name, "UserStatus": account.Status}, nil
	case "AdminAddUserToGroup":
		account.Groups = append(account.Groups, text("GroupName"))
	case "AdminDisableUser":
		account.Disabled = true
	case "AdminSetUserPassword":
		account.Password, account.Status = text("Password"), "CONFIRMED"
	default:
		return nil, refusal{"UnknownOperationException", action}
	}
	return map[string]any{}, nil
}

// named is the account of that name or address.
func (s *Server) named(name string) *Account {
	for _, account := range s.accounts {
		if account.Name == name || account.Attributes["email"] == name {
			return account
		}
	}
	return nil
}

// create makes an account as a pool does whose accounts sign in with an address: the name is drawn.
func (s *Server) create(name string, input map[string]any) (any, error) {
	if s.named(name) != nil {
		return nil, refusal{"UsernameExistsException", "User account already exists"}
	}
	if input["MessageAction"] != "SUPPRESS" {
		return nil, refusal{"LimitExceededException", "a mail was sent"}
	}
	drawn := fmt.Sprintf("drawn-%d", len(s.accounts))
	account := &Account{Name: drawn, Status: "FORCE_CHANGE_PASSWORD", Attributes: map[string]string{"sub": drawn}}
	attributes, _ := input["UserAttributes"].([]any)
	for _, one := range attributes {
		given := one.(map[string]any)
		if given["Name"] == "sub" {
			return nil, refusal{"InvalidParameterException", "Cannot modify an already provided sub"}
		}
		account.Attributes[given["Name"].(string)] = given["Value"].(string)
	}
	s.accounts = append(s.accounts, account)
	return map[string]any{"User": described(account)}, nil
}

func (s *Server) listed(accounts []*Account, from, token string) any {
	some, next := page(accounts, from)
	users := []any{}
	for _, account := range some {
		users = append(users, described(account))
	}
	answer := map[string]any{"Users": users}
	if next != nil {
		answer[token] = *next
	}
	return answer
}

func described(account *Account) any {
	attributes := []any{}
	for name, value := range account.Attributes {
		attributes = append(attributes, map[string]any{"Name": name, "Value": value})
	}
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Unix()
	return map[string]any{"Username": account.Name, "UserStatus": account.Status, "Enabled": !account.Disabled,
		"UserCreateDate": created, "Attributes": attributes}
}

// page is a page of a list, and what asks for the next; nil where there is none.
func page[T any](all []T, from string) ([]T, *string) {
	start, _ := strconv.Atoi(from)
	end := min(start+pageSize, len(all))
	if end == len(all) {
		return all[start:], nil
	}
	next := strconv.Itoa(end)
	return all[start:end], &next
}
