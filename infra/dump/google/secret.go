package google

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
)

// secretForm: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets
var secretForm = regexp.MustCompile(`^projects/[a-z0-9-]+/secrets/[A-Za-z0-9_-]{1,255}$`)

// Keep gives a secret a value, as a new version, unless it is its value already. It says whether there is a new one.
func (c *Client) Keep(ctx context.Context, secret string, value []byte) (bool, error) {
	if !secretForm.MatchString(secret) {
		return false, fmt.Errorf("%q, expected projects/PROJECT/secrets/SECRET", secret)
	}
	now, err := c.latest(ctx, secret)
	if err != nil || now == string(value) {
		return false, err
	}
	body, err := json.Marshal(map[string]payload{"payload": {base64.StdEncoding.EncodeToString(value)}})
	if err != nil {
		return false, err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	response, err := c.call(ctx, http.MethodPost, c.secrets+"/v1/"+secret+":addVersion", header, body)
	if err != nil {
		return false, fmt.Errorf("%s: %w", secret, err)
	}
	return true, response.Body.Close()
}

// payload is a value as it is sent.
type payload struct {
	Data string `json:"data"`
}

// latest is a secret's value, empty where it has none.
func (c *Client) latest(ctx context.Context, secret string) (string, error) {
	response, err := c.call(ctx, http.MethodGet, c.secrets+"/v1/"+secret+"/versions/latest:access", nil, nil)
	if status(err) == http.StatusNotFound {
		return "", nil // whether the secret itself is there, whoever adds a version is told
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", secret, err)
	}
	defer response.Body.Close()
	var given struct {
		Payload payload `json:"payload"`
	}
	if err := json.NewDecoder(response.Body).Decode(&given); err != nil {
		return "", fmt.Errorf("%s: its answer is no JSON object", secret)
	}
	value, err := base64.StdEncoding.DecodeString(given.Payload.Data)
	if err != nil {
		return "", errors.New(secret + ": its value is not in base64") // the cause could quote it
	}
	return string(value), nil
}
