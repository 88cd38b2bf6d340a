package offsite

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/redis"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// cache makes the tenant's Redis: with a replica in another zone, a password, TLS, and no eviction, for jobs lie in it.
// Its password and the authority that vouches for it are kept for who reads it.
// https://cloud.google.com/memorystore/docs/redis/in-transit-encryption
func (s *stores) cache() error {
	instance, err := redis.NewInstance(s.ctx, s.name+"-cache", &redis.InstanceArgs{
		Name:                  pulumi.String(s.args.Scope.Name("cache")),
		Region:                pulumi.String(s.args.Region),
		Tier:                  pulumi.String("STANDARD_HA"),
		MemorySizeGb:          pulumi.Int(s.size.cacheGiB),
		RedisVersion:          pulumi.String("REDIS_7_2"),
		AuthEnabled:           pulumi.Bool(true),
		TransitEncryptionMode: pulumi.String("SERVER_AUTHENTICATION"),
		ConnectMode:           pulumi.String("PRIVATE_SERVICE_ACCESS"),
		AuthorizedNetwork:     s.own.network.ID(),
		CustomerManagedKey:    s.own.keys["cache"],
		RedisConfigs:          pulumi.StringMap{"maxmemory-policy": pulumi.String("noeviction")},
		PersistenceConfig: redis.InstancePersistenceConfigArgs{
			PersistenceMode:   pulumi.String("RDB"),
			RdbSnapshotPeriod: pulumi.String("ONE_HOUR"),
		},
		Labels: s.labels(naming.Confidential),
	}, s.peered())
	if err != nil {
		return err
	}
	authority := instance.ServerCaCerts.Index(pulumi.Int(0)).Cert().Elem()
	if _, err := s.hold(cacheSecret, instance.AuthString, false); err != nil {
		return err
	}
	if _, err := s.hold(authoritySecret, authority, false); err != nil {
		return err
	}
	s.own.CacheHost, s.own.CachePort = instance.Host, instance.Port
	return nil
}
