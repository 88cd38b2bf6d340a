package rules

import "github.com/pulumi/pulumi/sdk/v3/go/property"

// parameter is what configuration says of a parameter, or its default. One that the rule does not have is a defect.
func (l *Look) parameter(name string) property.Value {
	usual, ok := l.rule.Parameters[name]
	if !ok {
		panic("it asks for the parameter " + name + ", which it does not have")
	}
	if set, ok := l.parameters.GetOk(name); ok {
		return set
	}
	return usual
}

// NumberParameter is the value of a parameter that is a number.
func (l *Look) NumberParameter(name string) float64 { return l.parameter(name).AsNumber() }

// TextParameter is the value of a parameter that is a string.
func (l *Look) TextParameter(name string) string { return l.parameter(name).AsString() }

// FlagParameter is the value of a parameter that is true or false.
func (l *Look) FlagParameter(name string) bool { return l.parameter(name).AsBool() }

// TextsParameter is the value of a parameter that is a list of strings.
func (l *Look) TextsParameter(name string) []string {
	var texts []string
	for _, v := range l.parameter(name).AsArray().All {
		texts = append(texts, v.AsString())
	}
	return texts
}
