package provider

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

const bucketType = "aws:s3/bucketV2:BucketV2"

// objects are the versions that a bucket holds: of the provider's account, and in its region.
func (s *server) objects(operation, bucket string) ([]world.Object, error) {
	refused := func(status int, code, message string) error {
		return cloud.Error{Service: "S3", Operation: operation, Status: status, Code: code, Message: message}
	}
	var found []world.Object
	err := s.world.View(func(tx *world.Tx) error {
		all := tx.List(bucketType, "", "")
		at := slices.IndexFunc(all, func(r cloud.Resource) bool { return r.ID == bucket })
		switch {
		case at < 0:
			return refused(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
		case all[at].Account != s.config.account:
			return refused(http.StatusForbidden, "AccessDenied", "Access Denied")
		case all[at].Region != s.config.region:
			return refused(http.StatusMovedPermanently, "PermanentRedirect",
				"The bucket you are attempting to access must be addressed using the specified endpoint.")
		}
		found = world.Objects.All(tx, bucket)
		return nil
	})
	return found, err
}

// defaultKeys are listed where nobody says how many.
const defaultKeys = 1000

// listObjects answers the keys of what is not deleted, in their order.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
func (s *server) listObjects(args property.Map) (map[string]property.Value, error) {
	bucket, prefix := cloud.Text(args, "bucket"), cloud.Text(args, "prefix")
	delimiter, after := cloud.Text(args, "delimiter"), cloud.Text(args, "startAfter")
	most := defaultKeys
	if asked := args.Get("maxKeys"); asked.IsNumber() {
		most = int(asked.AsNumber())
	}
	found, err := s.objects("ListObjectsV2", bucket)
	if err != nil {
		return nil, fmt.Errorf("listing S3 Bucket (%s) Objects: %w", bucket, err)
	}
	keys, folders := []property.Value{}, []property.Value{}
	last := ""
	for _, object := range found { // in the order of their keys
		rest, under := strings.CutPrefix(object.Key, prefix)
		if !under || object.Key <= after || !current(object) || len(keys) == most {
			continue
		}
		if folder, _, deeper := strings.Cut(rest, delimiter); delimiter != "" && deeper {
			if folder != last || len(folders) == 0 {
				folders, last = append(folders, property.New(prefix+folder+delimiter)), folder
			}
			continue
		}
		keys = append(keys, property.New(object.Key))
	}
	return map[string]property.Value{
		"id": property.New(bucket), "keys": property.New(keys), "commonPrefixes": property.New(folders),
		"owners": property.New([]property.Value{}), "requestCharged": property.New(""),
	}, nil
}

// current says whether a version is the one that a reader gets.
func current(object world.Object) bool { return object.Noncurrent.IsZero() && !object.DeleteMarker }

// readable are the types of content whose bodies the provider reads.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/s3_object
var readable = regexp.MustCompile(
	`^(text/.+|application/(atom\+xml|json|ld\+json|x-csh|x-httpd-php|x-sh|xhtml\+xml|xml))$`)

// defaultContentType is S3's own.
const defaultContentType = "binary/octet-stream"

// cold are the classes that must be restored before they can be read.
var cold = []string{"GLACIER", "DEEP_ARCHIVE"}

// readObject answers what S3 knows of an object, and the body of one that is text or JSON.
func (s *server) readObject(args property.Map) (map[string]property.Value, error) {
	bucket, key := cloud.Text(args, "bucket"), cloud.Text(args, "key")
	fail := func(err error) (map[string]property.Value, error) {
		return nil, fmt.Errorf("reading S3 Bucket (%s) Object (%s): %w", bucket, key, err)
	}
	found, err := s.objects("HeadObject", bucket)
	if err != nil {
		return fail(err)
	}
	version := cloud.Text(args, "versionId")
	at := slices.IndexFunc(found, func(o world.Object) bool {
		return o.Key == key && !o.DeleteMarker && (o.Version == version || version == "" && current(o))
	})
	if at < 0 {
		return fail(cloud.Error{Service: "S3", Operation: "HeadObject", Status: http.StatusNotFound, Code: "NotFound",
			Message: "Not Found"})
	}
	object := found[at]
	known := described(object)
	if readable.MatchString(known["contentType"].AsString()) {
		if slices.Contains(cold, object.StorageClass) {
			return fail(cloud.Error{Service: "S3", Operation: "GetObject", Status: http.StatusForbidden,
				Code: "InvalidObjectState", Message: "The operation is not valid for the object's storage class"})
		}
		known["body"] = property.New(object.Content)
	}
	return known, nil
}

// described is what S3 knows of a version.
func described(object world.Object) map[string]property.Value {
	known := map[string]property.Value{}
	for _, name := range []string{"body", "cacheControl", "checksumCrc32", "checksumCrc32c", "checksumCrc64nvme",
		"checksumSha1", "checksumSha256", "contentDisposition", "contentEncoding", "contentLanguage", "expiration",
		"expires", "objectLockLegalHoldStatus", "websiteRedirectLocation", "objectLockRetainUntilDate"} {
		known[name] = property.New("")
	}
	known["id"] = property.New(object.Bucket + "/" + object.Key)
	known["arn"] = property.New("arn:aws:s3:::" + object.Bucket + "/" + object.Key)
	known["contentLength"] = property.New(float64(object.Size))
	known["contentType"] = property.New(defaultContentType)
	if object.ContentType != "" {
		known["contentType"] = property.New(object.ContentType)
	}
	known["etag"] = property.New(object.SHA256[:min(32, len(object.SHA256))])
	known["lastModified"] = property.New(object.Made.UTC().Format(http.TimeFormat))
	known["versionId"] = property.New(object.Version)
	known["storageClass"] = property.New(object.StorageClass)
	known["objectLockMode"] = property.New(object.Mode)
	if !object.RetainUntil.IsZero() {
		known["objectLockRetainUntilDate"] = property.New(object.RetainUntil.UTC().Format(time.RFC3339))
	}
	known["serverSideEncryption"], known["sseKmsKeyId"] = property.New("AES256"), property.New("")
	if object.KMSKey != "" {
		known["serverSideEncryption"], known["sseKmsKeyId"] = property.New("aws:kms"), property.New(object.KMSKey)
	}
	known["bucketKeyEnabled"] = property.New(false)
	known["metadata"], known["tags"] = property.New(property.Map{}), property.New(property.Map{})
	return known
}
