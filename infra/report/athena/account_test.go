package athena_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/engine"
	"haven/infra/report/athena"
)

// stub speaks STS's and Athena's protocols for account 123456789012, and notes what is asked of it.
// https://docs.aws.amazon.com/athena/latest/APIReference/API_Operations.html
type stub struct {
	t       *testing.T
	answers map[string]string
	asked   []string
}

const caller = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">` +
	`<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>AIDA</UserId><Account>123456789012</Account>` +
	`</GetCallerIdentityResult></GetCallerIdentityResponse>`

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	assert.NoError(s.t, err)
	assert.Contains(s.t, r.Header.Get("Authorization"), "/eu-west-1/")
	operation, isAthena := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "AmazonAthena.")
	if !isAthena {
		assert.Contains(s.t, string(body), "Action=GetCallerIdentity")
		fmt.Fprint(w, caller)
		return
	}
	assert.Equal(s.t, "application/x-amz-json-1.1", r.Header.Get("Content-Type"))
	var input map[string]any
	assert.NoError(s.t, json.Unmarshal(body, &input))
	delete(input, "ClientRequestToken")
	plain, err := json.Marshal(input)
	assert.NoError(s.t, err)
	s.asked = append(s.asked, operation+" "+string(plain))
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if strings.Contains(s.answers[operation], "__type") {
		w.WriteHeader(http.StatusBadRequest)
	}
	fmt.Fprint(w, s.answers[operation])
}

// options lead the SDK to the stub with somebody's credentials, and to nothing else of this machine.
func (s *stub) options() []func(*config.LoadOptions) error {
	server := httptest.NewServer(s)
	s.t.Cleanup(server.Close)
	return append(alone(credentials.NewStaticCredentialsProvider("AKIA", "secret", "")),
		config.WithBaseEndpoint(server.URL))
}

func alone(provider aws.CredentialsProvider) []func(*config.LoadOptions) error {
	return []func(*config.LoadOptions) error{
		config.WithCredentialsProvider(provider),
		config.WithSharedConfigFiles(nil),
		config.WithSharedCredentialsFiles(nil),
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
	}
}

func TestOpenAndAsk(t *testing.T) {
	t.Parallel()
	s := &stub{t: t, answers: map[string]string{
		"ListNamedQueries":    `{"NamedQueryIds": ["id-1"]}`,
		"BatchGetNamedQuery":  `{"NamedQueries": [{"Name": "addresses", "QueryString": "SELECT 1"}]}`,
		"StartQueryExecution": `{"QueryExecutionId": "run-1"}`,
		"GetQueryExecution":   `{"QueryExecution": {"Status": {"State": "SUCCEEDED", "SubmissionDateTime": 1.7e9}}}`,
		"GetQueryResults": `{"ResultSet": {"Rows": [{"Data": [{"VarCharValue": "address"}, {"VarCharValue": "rules"}]},
			{"Data": [{"VarCharValue": "192.0.2.1"}, {}]}]}}`,
	}}
	account, err := athena.Open(t.Context(), "123456789012", "eu-west-1", s.options()...)
	require.NoError(t, err)
	rows, err := account.Ask(t.Context(), saved)
	require.NoError(t, err)
	assert.Equal(t, []athena.Row{{"address": "192.0.2.1"}}, rows)
	assert.Equal(t, []string{
		`ListNamedQueries {"WorkGroup":"demo-cell-requests"}`,
		`BatchGetNamedQuery {"NamedQueryIds":["id-1"]}`,
		`StartQueryExecution {"ExecutionParameters":["'2026/11/01'","'acme.example'"],` +
			`"QueryExecutionContext":{"Database":"demo_cell_requests"},"QueryString":"SELECT 1",` +
			`"WorkGroup":"demo-cell-requests"}`,
		`GetQueryExecution {"QueryExecutionId":"run-1"}`,
		`GetQueryResults {"QueryExecutionId":"run-1"}`,
	}, s.asked)
}

func TestNoSuchWorkgroup(t *testing.T) {
	t.Parallel()
	s := &stub{t: t, answers: map[string]string{
		"ListNamedQueries": `{"__type": "InvalidRequestException", "Message": "WorkGroup is not found."}`,
	}}
	account, err := athena.Open(t.Context(), "123456789012", "eu-west-1", s.options()...)
	require.NoError(t, err)
	_, err = account.Ask(t.Context(), saved)
	require.ErrorContains(t, err, "workgroup demo-cell-requests: ")
	assert.ErrorContains(t, err, "InvalidRequestException: WorkGroup is not found.")
}

func TestOpenAnotherAccount(t *testing.T) {
	t.Parallel()
	s := &stub{t: t}
	_, err := athena.Open(t.Context(), "210987654321", "eu-west-1", s.options()...)
	assert.EqualError(t, err, "the credentials are of account 123456789012 (arn:aws:iam::123456789012:user/ada), but the "+
		"cell is in 210987654321; choose that account's, with AWS_PROFILE for instance")
	var problem *engine.Problem
	assert.ErrorAs(t, err, &problem)
	assert.Empty(t, s.asked)
}

func TestOpenWithoutCredentials(t *testing.T) {
	t.Parallel()
	none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no valid providers in chain")
	})
	_, err := athena.Open(t.Context(), "123456789012", "eu-west-1", alone(none)...)
	var problem *engine.Problem
	require.ErrorAs(t, err, &problem)
	assert.ErrorContains(t, err, "no credentials of AWS account 123456789012 were found; sign in, or name a profile "+
		"with AWS_PROFILE, as for the AWS CLI (")
	assert.ErrorContains(t, err, "no valid providers in chain")
}
