package cloud

import (
	"slices"
	"strings"
)

// region is what the documentation publishes for one AWS region.
type region struct {
	zones        string // the letters of its availability zones
	loadBalancer string // the hosted zone of application load balancers' names
	website      string // the hosted zone of S3 website endpoints
}

// Zones: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html; hosted zones:
// https://docs.aws.amazon.com/general/latest/gr/elb.html and https://docs.aws.amazon.com/general/latest/gr/s3.html.
var regions = map[string]region{
	"ap-northeast-1": {"acd", "Z14GRHDCWA56QT", "Z2M4EHUR26P7ZW"},
	"ap-northeast-2": {"abcd", "ZWKZPGTI48KDX", "Z3W03O7B5YMIYP"},
	"ap-south-1":     {"abc", "ZP97RAFLXTNZK", "Z11RGJOFQNVJUP"},
	"ap-southeast-1": {"abc", "Z1LMS91P8CMLE5", "Z3O0J2DXBE1FTB"},
	"ap-southeast-2": {"abc", "Z1GM3OXH4ZPM65", "Z1WCIGYICN2BYD"},
	"ca-central-1":   {"abd", "ZQSVJUPU6J1EY", "Z1QDHH18159H29"},
	"eu-central-1":   {"abc", "Z215JYRZR1TBD5", "Z21DNDUVLTQW6Q"},
	"eu-central-2":   {"abc", "Z06391101F2ZOEP8P5EB3", "Z030506016YDQGETNASS"},
	"eu-north-1":     {"abc", "Z23TAZ6LKFMNIO", "Z3BAZG2TWCNX0D"},
	"eu-south-1":     {"abc", "Z3ULH7SSC9OV64", "Z30OZKI7KPW7MI"},
	"eu-south-2":     {"abc", "Z0956581394HF5D5LXGAP", "Z0081959F7139GRJC19J"},
	"eu-west-1":      {"abc", "Z32O12XQLNTSW2", "Z1BKCTXD74EZPE"},
	"eu-west-2":      {"abc", "ZHURV8PSTC4K8", "Z3GKZC51ZF0DB4"},
	"eu-west-3":      {"abc", "Z3Q77PNBQS71R4", "Z3R1K369G5AVDG"},
	"sa-east-1":      {"abc", "Z2P70J7HTTTPLU", "Z7KQH4QJS55SO"},
	"us-east-1":      {"abcdef", "Z35SXDOTRQ7X7K", "Z3AQBSTGFYJSTF"},
	"us-east-2":      {"abc", "Z3AADJGX6KTTL2", "Z2O1EMRO9K5GLX"},
	"us-west-1":      {"ac", "Z368ELLRRE2KJ0", "Z2F56UZL2M1ACD"},
	"us-west-2":      {"abcd", "Z1H1FL5HABSF5", "Z3BJ6K6RIION7M"},
}

// zones are a region's availability zones; none where the region is not known.
func zones(name string) []string {
	var all []string
	for _, letter := range regions[name].zones {
		all = append(all, name+string(letter))
	}
	return all
}

func zoneIn(zone, region string) bool { return slices.Contains(zones(region), zone) }

// zoneID is the zone's ID over all accounts, "euw1-az1"; AWS maps the letters differently in each account, here they
// count.
func zoneID(zone string) string {
	name := zone[:len(zone)-1]
	parts := strings.Split(name, "-")
	short := parts[0]
	for direction := range strings.SplitSeq("north,south,east,west,central", ",") {
		if strings.Contains(parts[1], direction) {
			short += direction[:1]
		}
	}
	return short + parts[2] + "-az" + string(rune('1'+slices.Index(zones(name), zone)))
}
