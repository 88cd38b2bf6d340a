package arguments_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/arguments"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	var p arguments.Problems
	p.Check("Right", nil)
	p.Within("Least", 2, 2, 20)
	p.Within("Most", 20, 2, 20)
	p.Require("Given", true)
	p.Host("Host", "acme.haven.example")
	p.OtherRegion("RecoveryRegion", "eu-central-1", "Region", "eu-west-1")
	p.OtherRegion("RecoveryRegion", "", "Region", "")
	assert.NoError(t, p.Err())

	wrong := errors.New(`"x", expected a letter less`)
	p.Check("Wrong", wrong)
	p.Within("Low", 1, 2, 20)
	p.Within("High", 21, 2, 20)
	p.Require("Absent", false)
	p.Host("None", "")
	p.Host("Many", "*.haven.example")
	p.OtherRegion("RecoveryRegion", "eu-west-1", "Region", "eu-west-1")
	assert.EqualError(t, p.Err(), "Wrong: \"x\", expected a letter less\nLow: 1, expected 2 to 20\n"+
		"High: 21, expected 2 to 20\nAbsent: missing, expected a value\n"+
		"None: \"\", expected one DNS name without wildcards\n"+
		"Many: \"*.haven.example\", expected one DNS name without wildcards\n"+
		"RecoveryRegion: \"eu-west-1\", expected another region than Region")
	assert.ErrorIs(t, p.Err(), wrong)
}
