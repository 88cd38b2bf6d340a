package schema

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudscheduler"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/filestore"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/pubsub"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/redis"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/servicenetworking"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
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
	{cloudrunv2.JobIamMember{}, cloudrunv2.JobIamMemberArgs{}},
	{cloudrunv2.Job{}, cloudrunv2.JobArgs{}},
	{cloudrunv2.ServiceIamMember{}, cloudrunv2.ServiceIamMemberArgs{}},
	{cloudrunv2.Service{}, cloudrunv2.ServiceArgs{}},
	{cloudscheduler.Job{}, cloudscheduler.JobArgs{}},
	{compute.BackendService{}, compute.BackendServiceArgs{}},
	{compute.Firewall{}, compute.FirewallArgs{}},
	{compute.GlobalAddress{}, compute.GlobalAddressArgs{}},
	{compute.GlobalForwardingRule{}, compute.GlobalForwardingRuleArgs{}},
	{compute.ManagedSslCertificate{}, compute.ManagedSslCertificateArgs{}},
	{compute.Network{}, compute.NetworkArgs{}},
	{compute.RegionNetworkEndpointGroup{}, compute.RegionNetworkEndpointGroupArgs{}},
	{compute.SSLPolicy{}, compute.SSLPolicyArgs{}},
	{compute.SecurityPolicy{}, compute.SecurityPolicyArgs{}},
	{compute.Subnetwork{}, compute.SubnetworkArgs{}},
	{compute.TargetHttpsProxy{}, compute.TargetHttpsProxyArgs{}},
	{compute.URLMap{}, compute.URLMapArgs{}},
	{dns.ManagedZone{}, dns.ManagedZoneArgs{}},
	{dns.RecordSet{}, dns.RecordSetArgs{}},
	{filestore.Instance{}, filestore.InstanceArgs{}},
	{kms.CryptoKeyIAMMember{}, kms.CryptoKeyIAMMemberArgs{}},
	{kms.CryptoKey{}, kms.CryptoKeyArgs{}},
	{kms.KeyRing{}, kms.KeyRingArgs{}},
	{logging.Metric{}, logging.MetricArgs{}},
	{logging.ProjectBucketConfig{}, logging.ProjectBucketConfigArgs{}},
	{monitoring.AlertPolicy{}, monitoring.AlertPolicyArgs{}},
	{monitoring.NotificationChannel{}, monitoring.NotificationChannelArgs{}},
	{projects.IAMAuditConfig{}, projects.IAMAuditConfigArgs{}},
	{projects.IAMMember{}, projects.IAMMemberArgs{}},
	{projects.ServiceIdentity{}, projects.ServiceIdentityArgs{}},
	{projects.Service{}, projects.ServiceArgs{}},
	{pubsub.TopicIAMMember{}, pubsub.TopicIAMMemberArgs{}},
	{pubsub.Topic{}, pubsub.TopicArgs{}},
	{redis.Instance{}, redis.InstanceArgs{}},
	{secretmanager.SecretIamMember{}, secretmanager.SecretIamMemberArgs{}},
	{secretmanager.SecretVersion{}, secretmanager.SecretVersionArgs{}},
	{secretmanager.Secret{}, secretmanager.SecretArgs{}},
	{serviceaccount.Account{}, serviceaccount.AccountArgs{}},
	{servicenetworking.Connection{}, servicenetworking.ConnectionArgs{}},
	{sql.DatabaseInstance{}, sql.DatabaseInstanceArgs{}},
	{sql.Database{}, sql.DatabaseArgs{}},
	{sql.User{}, sql.UserArgs{}},
	{storage.BucketIAMMember{}, storage.BucketIAMMemberArgs{}},
	{storage.Bucket{}, storage.BucketArgs{}},
	{storage.TransferJob{}, storage.TransferJobArgs{}},
}
