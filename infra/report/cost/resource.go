package cost

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Stack is what the state holds of one stack.
type Stack struct {
	Name      string
	Resources []apitype.ResourceV3
}

// resource reads what is declared of a resource and, where nothing is, what the provider answered.
type resource struct{ apitype.ResourceV3 }

func (r resource) value(property string) any {
	if value, declared := r.Inputs[property]; declared {
		return value
	}
	return r.Outputs[property]
}

func (r resource) text(property string) string {
	text, _ := r.value(property).(string)
	return text
}

func (r resource) flag(property string) bool {
	flag, _ := r.value(property).(bool)
	return flag
}

// number also reads a number that is written as a text, as sizes of tasks are.
func (r resource) number(property string) float64 {
	switch value := r.value(property).(type) {
	case float64:
		return value
	case string:
		number, _ := strconv.ParseFloat(value, 64)
		return number
	}
	return 0
}

func (r resource) list(property string) []any {
	list, _ := r.value(property).([]any)
	return list
}

// first is the first of a property's values, or an only one that is not in a list.
func (r resource) first(property string) map[string]any {
	if only, is := r.value(property).(map[string]any); is {
		return only
	}
	for _, element := range r.list(property) {
		only, _ := element.(map[string]any)
		return only
	}
	return nil
}
