// Package google reads dumps from Cloud Storage, and puts what was sealed in one into Secret Manager: what bringing a
// tenant back on Google Cloud takes, from the mirror alone.
//
// Whoever runs it is who the metadata server says, on Google Cloud, or whose token GOOGLE_OAUTH_ACCESS_TOKEN is, as
// `gcloud auth print-access-token` prints it; no key lies anywhere. To read a dump takes storage.objects.get on its
// bucket, and storage.objects.list, without which Cloud Storage answers 403 for what is not there; to keep a secret,
// secretmanager.versions.add and .access on that secret.
//
// What is read is held against the manifest, which knows more of it than Cloud Storage does. A reader goes on with the
// same generation of an object where the connection breaks.
//
// https://cloud.google.com/storage/docs/json_api/v1/objects/get
// https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/addVersion
package google
