// Package awsstub answers the requests of AWS that bringing tenants back takes, from memory and for tests: databases and
// snapshots of RDS, metrics and alarms of CloudWatch, executions of Step Functions, and whose credentials they are. Each
// request is noted with the region whose endpoint it was signed for. One that the service's model does not allow is
// refused, in the service's words.
package awsstub

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

// Account is that of the credentials.
const Account = "123456789012"

// Call is a request, with its parameters as they were sent.
type Call struct {
	Region, Service, Action string
	Input                   map[string]string
}

// String is "eu-central-1 rds PromoteReadReplica".
func (c Call) String() string { return c.Region + " " + c.Service + " " + c.Action }

// Server holds what there is in each region.
type Server struct {
	*httptest.Server
	// Refuse, where it answers a code, has a request fail with it.
	Refuse func(Call) string
	// Patience is how often what was begun is looked at until it is done.
	Patience int

	mutex      sync.Mutex
	calls      []Call
	published  int
	Instances  map[string]*Instance  // by region and identifier: "eu-central-1/demo-acme-database"
	Snapshots  map[string]*Snapshot  // likewise
	Backups    []Backup              //
	Lag        map[string]Lag        // of replicas, likewise
	Alarms     map[string]string     // the states of alarms, by region and name
	Executions map[string]*Execution // by ARN
}

// Instance is one of RDS.
type Instance struct {
	Status, Source, Key string
	RetentionDays       int
	// changing is how many more looks it takes until the promotion that was asked for is done.
	promoting bool
	changing  int
}

// Snapshot is one of RDS, Of the identifier of an instance.
type Snapshot struct {
	Of, Type, Key, Status string
	DataTime, Created     time.Time
	changing              int
}

// Backup are automated backups: of an instance, or replicated ones with an ARN of their own.
type Backup struct {
	Region, Of, ARN, ResourceID, Status, Key string
	From, Until, InstanceMade                time.Time
}

// Lag is what was measured of a replica last.
type Lag struct {
	At      time.Time
	Seconds float64
}

// Execution is one of a state machine.
type Execution struct {
	Status   string
	Redriven int
	changing int
}

// New starts a server.
func New() *Server {
	s := &Server{Patience: 2, Instances: map[string]*Instance{}, Snapshots: map[string]*Snapshot{}, Lag: map[string]Lag{},
		Alarms: map[string]string{}, Executions: map[string]*Execution{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// Environment are the variables with which a client of AWS meets this server, and nobody else.
func (s *Server) Environment() []string {
	return []string{"AWS_ENDPOINT_URL=" + s.URL, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=nobody",
		"AWS_SECRET_ACCESS_KEY=nothing", "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE=/dev/null"}
}

// Calls are the requests so far.
func (s *Server) Calls() []Call {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.calls)
}

// refusal is an error as AWS words it.
type refusal struct{ code, message string }

func (r *refusal) Error() string { return r.code + ": " + r.message }

// scope is the credential scope of a signature: key/date/region/service/aws4_request.
var scope = regexp.MustCompile(`Credential=[^/]+/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request`)

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	signed := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if err != nil || signed == nil {
		http.Error(w, "not signed", http.StatusForbidden)
		return
	}
	call := Call{Region: signed[1], Service: signed[2]}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch call.Service {
	case "rds", "sts":
		s.query(w, call, body)
	case "monitoring":
		s.metrics(w, r, call, body)
	case "states":
		s.states(w, r, call, body)
	default:
		http.Error(w, "no such service", http.StatusNotFound)
	}
}

// note notes a call, and answers how it is refused before it has any effect.
func (s *Server) note(call Call) error {
	s.calls = append(s.calls, call)
	if s.Refuse != nil {
		if code := s.Refuse(call); code != "" {
			return &refusal{code, "refused by a test"}
		}
	}
	demanded, known := demands[call.Action]
	if !known {
		return &refusal{"InvalidAction", "Could not find operation " + call.Action}
	}
	for _, name := range demanded.required {
		if call.Input[name] == "" {
			return &refusal{"MissingParameter", "The request must contain the parameter " + name}
		}
	}
	for name := range call.Input {
		allowed := slices.ContainsFunc(append(demanded.required, demanded.optional...), func(one string) bool {
			return name == one || strings.HasPrefix(name, one+".")
		})
		if !allowed {
			return &refusal{"InvalidParameterValue", call.Action + " has no parameter " + name}
		}
	}
	return nil
}

// demand is what an operation's model says of its parameters.
type demand struct{ required, optional []string }

// demands: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html and those of the others.
var demands = map[string]demand{
	"GetCallerIdentity":                  {},
	"DescribeDBInstances":                {nil, []string{"DBInstanceIdentifier", "Filters", "Marker", "MaxRecords"}},
	"DescribeDBSnapshots":                {nil, []string{"DBSnapshotIdentifier", "SnapshotType", "Filters", "Marker", "MaxRecords"}},
	"DescribeDBInstanceAutomatedBackups": {nil, []string{"DBInstanceIdentifier", "DBInstanceAutomatedBackupsArn", "Filters"}},
	"PromoteReadReplica":                 {[]string{"DBInstanceIdentifier"}, []string{"BackupRetentionPeriod"}},
	"CreateDBSnapshot":                   {[]string{"DBInstanceIdentifier", "DBSnapshotIdentifier"}, nil},
	"CopyDBSnapshot": {[]string{"SourceDBSnapshotIdentifier", "TargetDBSnapshotIdentifier"},
		[]string{"KmsKeyId", "CopyTags", "PreSignedUrl"}},
	"DeleteDBSnapshot":                {[]string{"DBSnapshotIdentifier"}, nil},
	"DeleteDBInstanceAutomatedBackup": {nil, []string{"DbiResourceId", "DBInstanceAutomatedBackupsArn"}},
	"GetMetricData":                   {[]string{"MetricDataQueries", "StartTime", "EndTime"}, []string{"ScanBy"}},
	"PutMetricData":                   {[]string{"Namespace"}, []string{"MetricData"}},
	"DescribeAlarms":                  {nil, []string{"AlarmNames", "AlarmTypes"}},
	"StartExecution":                  {[]string{"stateMachineArn"}, []string{"name", "input"}},
	"DescribeExecution":               {[]string{"executionArn"}, nil},
	"RedriveExecution":                {[]string{"executionArn"}, []string{"clientToken"}},
}

// query answers RDS and STS, in the query protocol.
func (s *Server) query(w http.ResponseWriter, call Call, body []byte) {
	form, err := url.ParseQuery(string(body))
	call.Action, call.Input = form.Get("Action"), map[string]string{}
	for name := range form {
		if name != "Action" && name != "Version" {
			call.Input[name] = form.Get(name)
		}
	}
	var result any
	if err == nil {
		err = s.note(call)
	}
	if err == nil {
		result, err = s.act(call)
	}
	w.Header().Set("Content-Type", "text/xml")
	if err != nil {
		refused, known := err.(*refusal)
		if !known {
			refused = &refusal{"InternalFailure", err.Error()}
		}
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>",
			refused.code, refused.message)
		return
	}
	text, err := xml.Marshal(result)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", call.Action, text)
}

// metrics answers CloudWatch, in CBOR: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
func (s *Server) metrics(w http.ResponseWriter, r *http.Request, call Call, body []byte) {
	_, call.Action, _ = strings.Cut(r.URL.Path, "/operation/")
	decoded, err := cbor.Decode(body)
	input, _ := decoded.(cbor.Map)
	call.Input = map[string]string{}
	for name, value := range input {
		call.Input[name] = plain(value)
	}
	var output cbor.Map
	if err == nil {
		err = s.note(call)
	}
	if err == nil {
		output = s.measure(call, input)
	}
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("Content-Type", "application/cbor")
	if err != nil {
		output = cbor.Map{"__type": cbor.String(strings.SplitN(err.Error(), ":", 2)[0]), "message": cbor.String(err.Error())}
		w.WriteHeader(http.StatusBadRequest)
	}
	_, _ = w.Write(cbor.Encode(output)) // whoever asked may be gone
}

// plain is a value of CBOR as a text.
func plain(value cbor.Value) string {
	switch v := value.(type) {
	case cbor.String:
		return string(v)
	case cbor.List:
		var all []string
		for _, each := range v {
			all = append(all, plain(each))
		}
		return "[" + strings.Join(all, " ") + "]"
	case cbor.Map:
		var all []string
		for name, each := range v {
			if name != "Timestamp" {
				all = append(all, name+"="+plain(each))
			}
		}
		slices.Sort(all)
		return "{" + strings.Join(all, " ") + "}"
	case *cbor.Tag:
		return plain(v.Value)
	}
	return fmt.Sprint(value)
}

// states answers Step Functions, in JSON.
func (s *Server) states(w http.ResponseWriter, r *http.Request, call Call, body []byte) {
	_, call.Action, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	err := json.Unmarshal(body, &call.Input)
	var output any
	if err == nil {
		err = s.note(call)
	}
	if err == nil {
		output, err = s.execute(call)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		output = map[string]string{"__type": strings.SplitN(err.Error(), ":", 2)[0], "message": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(output)
}
