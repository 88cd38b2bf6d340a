package options

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/facts"
	"haven/tests/harness"
)

// dataTypes hold data, or what data cannot be read or reached without. Replacing one loses something for good, or
// breaks whatever lies in it.
var dataTypes = []string{
	"aws:cognito/userPool:UserPool",
	"aws:ec2/subnet:Subnet",
	"aws:ec2/vpc:Vpc",
	"aws:ecr/repository:Repository",
	"aws:efs/fileSystem:FileSystem",
	"aws:elasticache/replicationGroup:ReplicationGroup",
	"aws:kms/key:Key",
	"aws:kms/replicaKey:ReplicaKey",
	"aws:rds/instance:Instance",
	"aws:route53/zone:Zone",
	"aws:s3/bucketV2:BucketV2",
	"aws:secretsmanager/secret:Secret",
	"gcp:filestore/instance:Instance",
	"gcp:kms/cryptoKey:CryptoKey",
	"gcp:kms/keyRing:KeyRing",
	"gcp:redis/instance:Instance",
	"gcp:secretmanager/secret:Secret",
	"gcp:sql/database:Database",
	"gcp:sql/databaseInstance:DatabaseInstance",
	"gcp:storage/bucket:Bucket",
}

// providerTypes decide by account and region, or project, where everything of a stack lies.
var providerTypes = []string{"pulumi:providers:aws", "pulumi:providers:gcp"}

func (d declaration) data() []string {
	var keys []string
	for key, declared := range d {
		if slices.Contains(dataTypes, declared.Type) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// harm is all that an update from one declaration to another would delete or replace of what holds data.
func harm(before, after declaration) []string {
	var found []string
	for _, key := range before.data() {
		now, still := after[key]
		if !still {
			found = append(found, key+": deleted")
			continue
		}
		found = append(found, replaced(key, before[key], now)...)
	}
	for key, was := range before {
		now, still := after[key]
		if slices.Contains(providerTypes, was.Type) && still && !reflect.DeepEqual(was.Inputs, now.Inputs) {
			found = append(found, key+": another place")
		}
	}
	return found
}

// replaced are the properties by which the provider would replace a resource.
func replaced(key string, before, after harness.Declared) []string {
	var found []string
	if before.Provider != after.Provider {
		found = append(found, key+": another region")
	}
	for name, property := range facts.For(before.Type).Properties {
		if slices.Contains(after.IgnoreChanges, name) {
			continue
		}
		was, is := before.Inputs[resource.PropertyKey(name)], after.Inputs[resource.PropertyKey(name)]
		for _, path := range forcedNew(name, property, harness.Plain(was), harness.Plain(is)) {
			found = append(found, fmt.Sprintf("%s: replaced by %s", key, path))
		}
	}
	slices.Sort(found)
	return found
}

// forcedNew are the paths at or below a property whose change forces a new resource.
func forcedNew(path string, property *facts.Property, before, after any) (paths []string) {
	if reflect.DeepEqual(before, after) {
		return nil
	}
	if property.ForceNew {
		return []string{path}
	}
	was, is := blocks(before), blocks(after)
	for i := range max(len(was), len(is)) {
		for name, inner := range property.Fields {
			paths = append(paths, forcedNew(fmt.Sprintf("%s[%d].%s", path, i, name), inner,
				field(was, i, name), field(is, i, name))...)
		}
	}
	return paths
}

// blocks are the nested blocks of a value, whether there may be one or many.
func blocks(value any) []any {
	if list, many := value.([]any); many {
		return list
	}
	return []any{value}
}

func field(blocks []any, i int, name string) any {
	if i >= len(blocks) {
		return nil
	}
	block, _ := blocks[i].(map[string]any)
	return block[name]
}

// TestHarmIsFound: the comparison finds what it is there for.
func TestHarmIsFound(t *testing.T) {
	const token = "aws:rds/instance:Instance"
	instance := func(inputs map[string]any) declaration {
		return declaration{"db": {Type: token, Name: "db", Provider: "aws", Inputs: resource.NewPropertyMapFromMap(inputs)}}
	}
	kept := map[string]any{"kmsKeyId": "one", "instanceClass": "small"}
	moved := instance(kept)
	elsewhere := moved["db"]
	elsewhere.Provider = "aws-recovery"
	moved["db"] = elsewhere
	for name, test := range map[string]struct {
		after declaration
		want  []string
	}{
		"nothing changed":   {instance(kept), nil},
		"changed in place":  {instance(map[string]any{"kmsKeyId": "one", "instanceClass": "large"}), nil},
		"another key":       {instance(map[string]any{"kmsKeyId": "two"}), []string{"db: replaced by kmsKeyId"}},
		"no key any longer": {instance(map[string]any{}), []string{"db: replaced by kmsKeyId"}},
		"gone":              {declaration{}, []string{"db: deleted"}},
		"another region":    {moved, []string{"db: another region"}},
	} {
		assert.Equal(t, test.want, harm(instance(kept), test.after), name)
	}
	within := &facts.Property{Fields: facts.Properties{"kmsKey": {ForceNew: true}, "mode": {}}}
	assert.Equal(t, []string{"encryption[0].kmsKey"}, forcedNew("encryption", within,
		[]any{map[string]any{"kmsKey": "one", "mode": "a"}}, []any{map[string]any{"kmsKey": "two", "mode": "b"}}))
	for _, token := range dataTypes {
		require.NotNil(t, facts.For(token), token)
	}
}
