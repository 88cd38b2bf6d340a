package schema

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
)

// gcpResources are the types of Google Cloud that the sandbox has.
var gcpResources = []source{
	{kms.KeyRing{}, kms.KeyRingArgs{}},
	{kms.CryptoKey{}, kms.CryptoKeyArgs{}},
	{storage.Bucket{}, storage.BucketArgs{}},
}
