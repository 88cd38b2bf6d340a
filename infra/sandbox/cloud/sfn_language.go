package cloud

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	jsonata "github.com/blues/jsonata-go"
)

// The fields that a state may have follow from what it computes with:
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html.
var (
	pathFields = []string{"InputPath", "ItemsPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector",
		"SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath"}
	jsonataFields = []string{"Arguments", "Items", "Output"}
)

// language is what a state computes with: its own or that around it. Within JSONata there is no way back.
func (definitionJudge) language(own, around, at string) (string, error) {
	switch {
	case own == "":
		return around, nil
	case own != "JSONata" && own != "JSONPath":
		return "", definitionRefused(badSchema, "the value must be one of JSONPath, JSONata: "+own, at+"/QueryLanguage")
	case own == "JSONPath" && around == "JSONata":
		return "", definitionRefused(badSchema, "QueryLanguage cannot be JSONPath within JSONata", at+"/QueryLanguage")
	}
	return own, nil
}

func (s state) refuseFields(language, at string) error {
	strange := pathFields
	if language != "JSONata" {
		strange = jsonataFields
	}
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		if slices.Contains(strange, name) {
			return definitionRefused(badSchema, "The field '"+name+"' is not supported with "+language, at+"/"+name)
		}
	}
	if language != "JSONata" {
		return nil
	}
	if s.Type == "Choice" {
		if err := s.refuseChoices(at); err != nil {
			return err
		}
	}
	own := maps.Clone(s.fields)
	for _, nested := range []string{"Branches", "ItemProcessor"} {
		delete(own, nested)
	}
	return refuseExpressions(own, at)
}

func (s state) refuseChoices(at string) error {
	choices, _ := s.fields["Choices"].([]any)
	for i, choice := range choices {
		if fields, _ := choice.(map[string]any); fields["Condition"] == nil {
			return definitionRefused(badSchema, "the field 'Condition' is required", fmt.Sprintf("%s/Choices[%d]", at, i))
		}
	}
	return nil
}

// refuseExpressions compiles each "{% … %}" at any depth.
func refuseExpressions(value any, at string) error {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if err := refuseExpressions(value[name], at+"/"+name); err != nil {
				return err
			}
		}
	case []any:
		for i, item := range value {
			if err := refuseExpressions(item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case string:
		expression, opened := strings.CutPrefix(value, "{%")
		expression, closed := strings.CutSuffix(expression, "%}")
		if !opened && !closed {
			return nil
		}
		if _, err := jsonata.Compile(expression); err != nil || opened != closed {
			return definitionRefused(badSchema, "the value is no valid JSONata expression: "+value, at)
		}
	}
	return nil
}
