package firewall

import (
	"fmt"
	"strconv"
	"strings"
)

// maxRequestBytes is 100 MB as the application's own upload limit counts them.
const maxRequestBytes = 100 << 20

// above is the regular expression of the decimal numbers greater than limit: those with more digits, and those that
// agree with it up to a digit where theirs is the greater one. AWS WAF compares no numbers, only texts.
func above(limit int) string {
	digits := strconv.Itoa(limit)
	greater := []string{fmt.Sprintf("[1-9][0-9]{%d,}", len(digits))}
	for i, digit := range digits {
		if digit < '9' {
			greater = append(greater, fmt.Sprintf("%s[%c-9][0-9]{%d}", digits[:i], digit+1, len(digits)-i-1))
		}
	}
	return "^0*(?:" + strings.Join(greater, "|") + ")$"
}
