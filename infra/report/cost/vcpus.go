package cost

import (
	"strconv"
	"strings"
)

// vCPUs are those of an instance class of the current generations: two up to the size "large", then four to each
// "xlarge". https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
func vCPUs(class string) float64 {
	size := class[strings.LastIndexByte(class, '.')+1:]
	times, extra := strings.CutSuffix(size, "xlarge")
	if !extra {
		return 2
	}
	if count, err := strconv.Atoi(times); err == nil {
		return 4 * float64(count)
	}
	return 4
}
