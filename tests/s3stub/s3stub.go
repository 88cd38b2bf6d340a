// Package s3stub answers the few requests of S3 that writing and reading dumps takes, from memory and for tests:
// objects, multipart uploads, conditional writes, checksums and locks. It knows no rights, and only last versions.
package s3stub

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Object is what lies under a key.
type Object struct {
	Data []byte
	// LockMode, RetainUntil and ContentType are as they were asked for.
	LockMode, RetainUntil, ContentType string
}

// Server holds the objects of all buckets.
type Server struct {
	*httptest.Server
	// Refuse breaks the connection of a request for which it returns true, before it has any effect.
	Refuse func(*http.Request) bool

	mutex   sync.Mutex
	objects map[string]Object // by /bucket/key
	uploads map[string]*upload
	begun   int
}

type upload struct {
	object Object
	parts  map[int][]byte
}

// New starts a server. Its URL is what AWS_ENDPOINT_URL_S3 has to be.
func New() *Server {
	s := &Server{objects: map[string]Object{}, uploads: map[string]*upload{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// Environment are the variables with which a client of AWS meets this server.
func (s *Server) Environment() []string {
	return []string{"AWS_ENDPOINT_URL_S3=" + s.URL, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=nobody",
		"AWS_SECRET_ACCESS_KEY=nothing", "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE=/dev/null"}
}

// Object is the object under a key of a bucket.
func (s *Server) Object(bucket, key string) (Object, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	object, ok := s.objects["/"+bucket+"/"+key]
	return object, ok
}

// Set puts an object there, or takes it away where there is no data.
func (s *Server) Set(bucket, key string, data []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if data == nil {
		delete(s.objects, "/"+bucket+"/"+key)
		return
	}
	s.objects["/"+bucket+"/"+key] = Object{Data: data}
}

// Keys are those of a bucket, in order.
func (s *Server) Keys(bucket string) []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var keys []string
	for _, path := range slices.Sorted(maps.Keys(s.objects)) {
		if key, ok := strings.CutPrefix(path, "/"+bucket+"/"); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// Uploads are how many multipart uploads are neither complete nor aborted.
func (s *Server) Uploads() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.uploads)
}

// problem is an answer that refuses.
type problem struct {
	status int
	code   string
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if s.Refuse != nil && s.Refuse(r) {
		panic(http.ErrAbortHandler)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if refused := s.answer(w, r, body); refused != nil {
		w.WriteHeader(refused.status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>refused</Message></Error>", refused.code)
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, body []byte) *problem {
	if r.Method == http.MethodGet {
		return s.get(w, r)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	query := r.URL.Query()
	switch {
	case r.Method == http.MethodPost && query.Has("uploads"):
		return s.create(w, r)
	case r.Method == http.MethodPut && query.Has("partNumber"):
		return s.part(w, r, body)
	case r.Method == http.MethodPost && query.Has("uploadId"):
		return s.complete(w, r, body)
	case r.Method == http.MethodDelete && query.Has("uploadId"):
		delete(s.uploads, query.Get("uploadId"))
		w.WriteHeader(http.StatusNoContent)
		return nil
	case r.Method == http.MethodPut:
		return s.put(w, r, body)
	}
	return &problem{http.StatusMethodNotAllowed, "MethodNotAllowed"}
}

func etag(data []byte) string { return fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256(data))[:32]) }

// get lets others go on while a slow client reads.
func (s *Server) get(w http.ResponseWriter, r *http.Request) *problem {
	if r.URL.Query().Get("list-type") == "2" {
		return s.list(w, r)
	}
	s.mutex.Lock()
	object, ok := s.objects[r.URL.Path]
	s.mutex.Unlock()
	if !ok {
		return &problem{http.StatusNotFound, "NoSuchKey"}
	}
	if match := r.Header.Get("If-Match"); match != "" && match != etag(object.Data) {
		return &problem{http.StatusPreconditionFailed, "PreconditionFailed"}
	}
	w.Header().Set("ETag", etag(object.Data))
	var from int
	if asked := r.Header.Get("Range"); asked != "" {
		if _, err := fmt.Sscanf(asked, "bytes=%d-", &from); err != nil || from >= len(object.Data) {
			return &problem{http.StatusRequestedRangeNotSatisfiable, "InvalidRange"}
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(object.Data)-1, len(object.Data)))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(object.Data)-from))
	if from > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = w.Write(object.Data[from:]) // the client may have left
	return nil
}

// list answers the keys of a bucket below a prefix, three at a time.
func (s *Server) list(w http.ResponseWriter, r *http.Request) *problem {
	query := r.URL.Query()
	var page struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []struct {
			Key string
		}
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
	}
	for _, key := range s.Keys(strings.Trim(r.URL.Path, "/")) {
		if !strings.HasPrefix(key, query.Get("prefix")) || key <= query.Get("continuation-token") {
			continue
		}
		if len(page.Contents) == 3 {
			page.IsTruncated, page.NextContinuationToken = true, page.Contents[2].Key
			break
		}
		page.Contents = append(page.Contents, struct{ Key string }{key})
	}
	if err := xml.NewEncoder(w).Encode(page); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// sound says whether a body has the checksum that came with it, as a bucket with a lock demands.
func sound(r *http.Request, body []byte) *problem {
	sum := sha256.Sum256(body)
	if r.Header.Get("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum[:]) {
		return &problem{http.StatusBadRequest, "BadDigest"}
	}
	return nil
}

func asked(r *http.Request) Object {
	return Object{LockMode: r.Header.Get("X-Amz-Object-Lock-Mode"),
		RetainUntil: r.Header.Get("X-Amz-Object-Lock-Retain-Until-Date"), ContentType: r.Header.Get("Content-Type")}
}

// taken refuses to write over an object where that was asked for.
func (s *Server) taken(r *http.Request) *problem {
	if _, there := s.objects[r.URL.Path]; there && r.Header.Get("If-None-Match") == "*" {
		return &problem{http.StatusPreconditionFailed, "PreconditionFailed"}
	}
	return nil
}

func (s *Server) put(w http.ResponseWriter, r *http.Request, body []byte) *problem {
	if refused := sound(r, body); refused != nil {
		return refused
	}
	if refused := s.taken(r); refused != nil {
		return refused
	}
	object := asked(r)
	object.Data = body
	s.objects[r.URL.Path] = object
	w.Header().Set("ETag", etag(body))
	return nil
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) *problem {
	s.begun++
	id := strconv.Itoa(s.begun)
	s.uploads[id] = &upload{object: asked(r), parts: map[int][]byte{}}
	fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
	return nil
}

func (s *Server) part(w http.ResponseWriter, r *http.Request, body []byte) *problem {
	upload, ok := s.uploads[r.URL.Query().Get("uploadId")]
	if !ok {
		return &problem{http.StatusNotFound, "NoSuchUpload"}
	}
	if refused := sound(r, body); refused != nil {
		return refused
	}
	number, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if err != nil {
		return &problem{http.StatusBadRequest, "InvalidArgument"}
	}
	upload.parts[number] = body
	w.Header().Set("ETag", etag(body))
	w.Header().Set("X-Amz-Checksum-Sha256", r.Header.Get("X-Amz-Checksum-Sha256"))
	return nil
}

func (s *Server) complete(w http.ResponseWriter, r *http.Request, body []byte) *problem {
	id := r.URL.Query().Get("uploadId")
	upload, ok := s.uploads[id]
	if !ok {
		return &problem{http.StatusNotFound, "NoSuchUpload"}
	}
	var asked struct {
		Part []struct {
			PartNumber           int
			ETag, ChecksumSHA256 string
		}
	}
	if err := xml.Unmarshal(body, &asked); err != nil {
		return &problem{http.StatusBadRequest, "MalformedXML"}
	}
	if refused := s.taken(r); refused != nil {
		return refused
	}
	object := upload.object
	for i, part := range asked.Part {
		data, ok := upload.parts[part.PartNumber]
		if !ok || part.PartNumber != i+1 || part.ETag != etag(data) || part.ChecksumSHA256 == "" {
			return &problem{http.StatusBadRequest, "InvalidPart"}
		}
		object.Data = append(object.Data, data...)
	}
	s.objects[r.URL.Path] = object
	delete(s.uploads, id)
	fmt.Fprint(w, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>")
	return nil
}
