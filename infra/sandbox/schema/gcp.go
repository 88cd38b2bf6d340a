package schema

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/pubsub"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
)

// gcpFunctions are the functions of Google Cloud that the sandbox answers.
var gcpFunctions = map[string]signature{
	"gcp:storage/getProjectServiceAccount:getProjectServiceAccount": {
		storage.GetProjectServiceAccountArgs{}, storage.GetProjectServiceAccountResult{},
	},
	"gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount": {
		storage.GetTransferProjectServiceAccountArgs{}, storage.GetTransferProjectServiceAccountResult{},
	},
}

// gcpResources are the types of Google Cloud that the sandbox has.
var gcpResources = []source{
	{kms.CryptoKey{}, kms.CryptoKeyArgs{}},
	{kms.CryptoKeyIAMMember{}, kms.CryptoKeyIAMMemberArgs{}},
	{kms.KeyRing{}, kms.KeyRingArgs{}},
	{logging.Metric{}, logging.MetricArgs{}},
	{monitoring.AlertPolicy{}, monitoring.AlertPolicyArgs{}},
	{monitoring.NotificationChannel{}, monitoring.NotificationChannelArgs{}},
	{projects.IAMAuditConfig{}, projects.IAMAuditConfigArgs{}},
	{projects.Service{}, projects.ServiceArgs{}},
	{pubsub.Topic{}, pubsub.TopicArgs{}},
	{pubsub.TopicIAMMember{}, pubsub.TopicIAMMemberArgs{}},
	{storage.Bucket{}, storage.BucketArgs{}},
	{storage.BucketIAMMember{}, storage.BucketIAMMemberArgs{}},
	{storage.TransferJob{}, storage.TransferJobArgs{}},
}
