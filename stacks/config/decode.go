package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// decode fills into, a settable struct, from the JSON text at path. It is strict: unknown fields, values of another
// type, null, empty text and empty lists are refused, each with its path. A field that is left out keeps its value.
func (c *checker) decode(path, text string, into reflect.Value) {
	value, err := readJSON(text)
	if err != nil {
		value = text
	}
	c.fill(path, value, into)
}

// readJSON keeps numbers as they are written.
func readJSON(text string) (value any, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more text after the value")
	}
	return value, nil
}

func (c *checker) fill(path string, value any, into reflect.Value) {
	c.given[path] = true
	switch {
	case value == nil:
		c.empty(path, "null", into)
		return
	case value == "":
		c.empty(path, "an empty text", into)
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		c.fillStruct(path, value, into)
	case reflect.Slice:
		c.fillList(path, value, into)
	case reflect.String:
		fillScalar(c, path, value, into, reflect.Value.SetString)
	case reflect.Bool:
		fillScalar(c, path, value, into, reflect.Value.SetBool)
	case reflect.Int:
		c.fillInt(path, value, into)
	}
}

func (c *checker) fillStruct(path string, value any, into reflect.Value) {
	fields, ok := value.(map[string]any)
	if !ok {
		c.mismatch(path, value, into)
		return
	}
	known := fieldsOf(into)
	names := slices.Sorted(maps.Keys(known))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if field, ok := known[name]; ok {
			c.fill(path+"."+name, fields[name], field)
		} else {
			c.unknown(path+"."+name, name, "field", names)
		}
	}
}

// fieldsOf are the fields of a struct by the name that their tag gives them.
func fieldsOf(structure reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for i := range structure.NumField() {
		fields[structure.Type().Field(i).Tag.Get("json")] = structure.Field(i)
	}
	return fields
}

func (c *checker) fillList(path string, value any, into reflect.Value) {
	list, ok := value.([]any)
	if !ok {
		c.mismatch(path, value, into)
		return
	}
	if len(list) == 0 {
		c.empty(path, "an empty list", into)
		return
	}
	filled := reflect.MakeSlice(into.Type(), len(list), len(list))
	for i, element := range list {
		c.fill(fmt.Sprintf("%s[%d]", path, i), element, filled.Index(i))
	}
	into.Set(filled)
}

// fillInt takes 20.0 for 20: YAML and JSON make no difference.
func (c *checker) fillInt(path string, value any, into reflect.Value) {
	number, ok := value.(json.Number)
	if !ok {
		c.mismatch(path, value, into)
		return
	}
	float, err := number.Float64()
	if err != nil || float != math.Trunc(float) || math.Abs(float) > math.MaxInt32 {
		c.mismatch(path, value, into)
		return
	}
	into.SetInt(int64(float))
}

func fillScalar[T any](c *checker, path string, value any, into reflect.Value, set func(reflect.Value, T)) {
	scalar, ok := value.(T)
	if !ok {
		c.mismatch(path, value, into)
		return
	}
	set(into, scalar)
}

// empty refuses what says nothing: it would hide whether the default or nothing at all is meant.
func (c *checker) empty(path string, got words, into reflect.Value) {
	c.misread(path, got, wanted(into), "write a value, or leave the field out")
}

// mismatch is for a value of another type than the field's.
func (c *checker) mismatch(path string, value any, into reflect.Value) {
	fix := map[reflect.Kind]string{
		reflect.Struct: "indent its fields below it",
		reflect.Slice:  "write each of them in a line of its own, after a hyphen",
		reflect.String: "write it in quotes",
		reflect.Bool:   "write it without quotes",
		reflect.Int:    "write it in digits, without quotes",
	}[into.Kind()]
	c.misread(path, value, wanted(into), fix)
}

func wanted(into reflect.Value) string {
	if into.Kind() == reflect.Slice && into.Type().Elem().Kind() == reflect.Int {
		return "a list of whole numbers"
	}
	return map[reflect.Kind]string{
		reflect.Struct: "an object",
		reflect.Slice:  "a list of texts",
		reflect.String: "a text",
		reflect.Bool:   "true or false",
		reflect.Int:    "a whole number",
	}[into.Kind()]
}

// unknown refuses a name that does not exist, and says which one was probably meant.
func (c *checker) unknown(path, name, kind string, known []string) {
	fix := "remove it"
	if meant := closest(name, known); meant != "" {
		fix = fmt.Sprintf("did you mean %q?", meant)
	}
	c.misread(path, words("an unknown "+kind), "one of "+strings.Join(known, ", "), fix)
}
