// Package googlestub answers the few requests of Google Cloud that reading dumps, keeping secrets and running restorations
// takes, from memory and for tests: objects of Cloud Storage, versions of Secret Manager's, jobs of Cloud Run, and the
// token of a machine's identity.
package googlestub

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Token is what whoever asks the metadata server is given, and has to show.
const Token = "ya29.a-token-of-a-test"

// Server holds the objects of all buckets, and secrets by their resource names.
type Server struct {
	*httptest.Server
	// Refuse answers a request instead of the server, for which it returns a status other than 0.
	Refuse func(*http.Request) int
	// Cut ends the answer to a request after so many bytes, for which it returns a number of them.
	Cut func(*http.Request) int64

	mutex   sync.Mutex
	objects map[string][]byte
	secrets map[string][]string
	jobs    map[string]*job
}

// New starts a server that knows these secrets, none with a value yet.
func New(secrets ...string) *Server {
	s := &Server{objects: map[string][]byte{}, secrets: map[string][]string{},
		jobs: map[string]*job{}}
	for _, secret := range secrets {
		s.secrets[secret] = []string{}
	}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// Environment are the variables with which programs find the server.
func (s *Server) Environment() []string {
	return []string{"STORAGE_EMULATOR_HOST=" + strings.TrimPrefix(s.URL, "http://"),
		"GCE_METADATA_HOST=" + strings.TrimPrefix(s.URL, "http://"),
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER=" + s.URL + "/",
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN=" + s.URL + "/"}
}

// Put stores an object under bucket/name.
func (s *Server) Put(name string, data []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.objects[name] = data
}

// Versions are the values that a secret was given, the oldest first.
func (s *Server) Versions(secret string) []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.secrets[secret]
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.Refuse != nil {
		if status := s.Refuse(r); status != 0 {
			http.Error(w, "refused by a test", status)
			return
		}
	}
	path := r.URL.EscapedPath()
	switch {
	case strings.HasPrefix(path, "/computeMetadata/") && r.Header.Get("Metadata-Flavor") == "Google":
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":3599,"token_type":"Bearer"}`, Token)
	case r.Header.Get("Authorization") != "Bearer "+Token:
		http.Error(w, "no such token", http.StatusUnauthorized)
	case strings.HasPrefix(path, "/storage/v1/b/") && strings.HasSuffix(path, "/o"):
		s.list(w, r)
	case strings.HasPrefix(path, "/v2/projects/"):
		s.run(w, r, strings.TrimPrefix(path, "/v2/"))
	case strings.HasPrefix(path, "/storage/v1/b/"):
		s.object(w, r)
	case strings.HasPrefix(path, "/v1/projects/"):
		s.secret(w, r, strings.TrimPrefix(path, "/v1/"))
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) object(w http.ResponseWriter, r *http.Request) {
	bucket, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/storage/v1/b/"), "/o/")
	data, there := s.objects[bucket+"/"+name]
	if !there || r.URL.Query().Get("alt") != "media" {
		http.Error(w, "No such object: "+bucket+"/"+name, http.StatusNotFound)
		return
	}
	w.Header().Set("X-Goog-Generation", "1700000000000001")
	status, offset := http.StatusOK, 0
	if asked := r.Header.Get("Range"); asked != "" {
		if _, err := fmt.Sscanf(asked, "bytes=%d-", &offset); err != nil || offset >= len(data) {
			http.Error(w, asked, http.StatusRequestedRangeNotSatisfiable)
			return
		}
		status = http.StatusPartialContent
	}
	data = data[offset:]
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	w.WriteHeader(status)
	if s.Cut != nil {
		data = data[:min(int64(len(data)), s.Cut(r))]
	}
	_, _ = w.Write(data) // whoever asked may be gone
}

func (s *Server) secret(w http.ResponseWriter, r *http.Request, path string) {
	name, verb, _ := strings.Cut(path, ":")
	name = strings.TrimSuffix(name, "/versions/latest")
	values, there := s.secrets[name]
	switch {
	case !there, verb == "access" && len(values) == 0:
		http.Error(w, "Secret ["+name+"] not found or has no versions.", http.StatusNotFound)
	case verb == "access" && r.Method == http.MethodGet:
		data := base64.StdEncoding.EncodeToString([]byte(values[len(values)-1]))
		fmt.Fprintf(w, `{"payload":{"data":%q}}`, data)
	case verb == "addVersion" && r.Method == http.MethodPost:
		var given struct{ Payload struct{ Data []byte } }
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &given)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.secrets[name] = append(values, string(given.Payload.Data))
		fmt.Fprintf(w, `{"name":"%s/versions/%d"}`, name, len(values)+1)
	default:
		http.NotFound(w, r)
	}
}
