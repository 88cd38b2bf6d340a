package cloud

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// randomHex is n random lower-case hexadecimal digits.
func randomHex(n int) string {
	raw := make([]byte, (n+1)/2)
	_, _ = rand.Read(raw) // documented never to fail
	return hex.EncodeToString(raw)[:n]
}

// randomFrom is n random characters of an alphabet.
func randomFrom(alphabet string, n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // documented never to fail
	for i, b := range raw {
		raw[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(raw)
}

const (
	upperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	alphanumeric      = upperAlphanumeric + "abcdefghijklmnopqrstuvwxyz"
)

// ec2ID makes the long form of an EC2 resource's ID:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html.
func ec2ID(prefix string) func(*Call) string {
	return func(*Call) string { return prefix + "-0" + randomHex(16) }
}

func uuid(hexDigits string) string {
	h := hexDigits
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:32]}, "-")
}

// digest is n hexadecimal digits that follow from the parts alone, so that a derived value is the same at each call.
func digest(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:n]
}

// derivedEC2ID is the ID of what the cloud makes together with a resource, such as a VPC's default security group.
func derivedEC2ID(prefix, of string) string { return prefix + "-0" + digest(16, prefix, of) }

// lastPart is what follows the last separator.
func lastPart(s, separator string) string { return s[strings.LastIndex(s, separator)+1:] }

// arnParts are an ARN's region, account and resource; false where it is no ARN.
func arnParts(arn string) (region, account, resource string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return "", "", "", false
	}
	return parts[3], parts[4], parts[5], true
}

// derivedIPv4 is an address that follows from the parts, in a range of AWS's public addresses.
func derivedIPv4(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return fmt.Sprintf("52.%d.%d.%d", 16+sum[0]%200, sum[1], 1+sum[2]%254)
}

// decimal is a number below limit that follows from the seed, written out.
func decimal(seed string, limit uint32) string {
	sum := sha256.Sum256([]byte(seed))
	return strconv.FormatUint(uint64(binary.BigEndian.Uint32(sum[:])%limit), 10)
}
