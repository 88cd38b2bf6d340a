package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// namespace is the project's name. Settings of other namespaces are a provider's, and left alone.
const namespace = "haven"

// topLevelKeys are what Pulumi reads in a stack file.
// https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
var topLevelKeys = []string{"config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"}

// readFile turns the text of a stack file into the values that Pulumi hands to the program, and refuses what Pulumi
// would refuse or overlook.
func (c *checker) readFile(text []byte) map[string]string {
	root := c.parseYAML(text)
	if root == nil {
		return nil
	}
	values := map[string]string{}
	for key, node := range c.pairs("", root) {
		switch {
		case key == "config":
			for setting, value := range c.pairs(key, node) {
				if name, ours := c.settingName(setting); ours {
					values[name] = c.settingText(name, value)
				}
			}
		case !slices.Contains(topLevelKeys, key):
			c.unknown(key, key, "part of a stack file", topLevelKeys)
		}
	}
	if !c.readable("") || !c.readable("config") {
		return nil
	}
	return values
}

// parseYAML is the file's one document; nil where it cannot be read or is empty, which is refused.
func (c *checker) parseYAML(text []byte) *yaml.Node {
	var document, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	err := decoder.Decode(&document)
	switch {
	case errors.Is(err, io.EOF):
		c.misread("", words("an empty file"), "the settings of a stack", `begin with "config:"`)
		return nil
	case err != nil:
		c.misread("", words(strings.TrimPrefix(err.Error(), "yaml: ")), "YAML", "correct the line")
		return nil
	case !errors.Is(decoder.Decode(&more), io.EOF):
		c.misread("", words("a second document"), "one document", `remove what follows the line "---"`)
		return nil
	}
	return document.Content[0]
}

// settingName is the name of a setting of ours, without its namespace.
func (c *checker) settingName(key string) (name string, ours bool) {
	space, name, found := strings.Cut(key, ":")
	if !found {
		name = key
	} else if space != namespace {
		return "", false
	}
	plain := strings.TrimPrefix(name, "config:")
	if !found || plain != name {
		c.refuse("config."+key, words("a key of another form"), `"<namespace>:<name>"`,
			fmt.Sprintf("write %q", namespace+":"+plain))
	}
	return plain, space == namespace || slices.Contains(Keys, plain)
}

// settingText is a setting as the program gets it: text as it is, everything else as JSON.
func (c *checker) settingText(path string, node *yaml.Node) string {
	value := c.value(path, node)
	if text, ok := value.(string); ok {
		return text
	}
	text, _ := json.Marshal(value) // which has a form for all that value gives
	return string(text)
}

// pairs are the entries of a mapping in their order. A key that stands there twice is refused: one of the two would be
// overlooked.
func (c *checker) pairs(path string, node *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if node.Kind != yaml.MappingNode {
			c.misread(path, c.value(path, node), "an object", "indent the fields below it")
			return
		}
		lines := map[string]int{}
		for i := 0; i < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			if first, twice := lines[key.Value]; twice {
				c.refuse(child(path, key.Value), words(fmt.Sprintf("a second value in line %d", key.Line)),
					fmt.Sprintf("each key once, and it stands in line %d already", first), "remove one of them")
				continue
			}
			lines[key.Value] = key.Line
			if !yield(key.Value, value) {
				return
			}
		}
	}
}

// child is the path of a key in the object at path.
func child(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// value is what a node holds, as Pulumi reads it: text, a number, a truth value, null, a list or an object.
func (c *checker) value(path string, node *yaml.Node) any {
	switch node.Kind {
	case yaml.MappingNode:
		return c.object(path, node)
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, element := range node.Content {
			list[i] = c.value(fmt.Sprintf("%s[%d]", path, i), element)
		}
		return list
	case yaml.AliasNode:
		c.misread(path, words("the alias *"+node.Value), "a value", "write the value out")
		return ""
	}
	return c.scalar(path, node)
}

func (c *checker) object(path string, node *yaml.Node) any {
	object := map[string]any{}
	for key, value := range c.pairs(path, node) {
		object[key] = c.value(child(path, key), value)
	}
	if _, secret := object["secure"]; secret && len(object) == 1 {
		c.misread(path, words("an encrypted value"), "plain text: no setting of a stack is secret",
			"write the value itself; passwords and keys are made where they are used")
	}
	return object
}

func (c *checker) scalar(path string, node *yaml.Node) any {
	var value any
	if err := node.Decode(&value); err != nil {
		c.misread(path, node.Value, "a value that YAML can read", "write it in quotes")
		return ""
	}
	switch v := value.(type) {
	case time.Time:
		return v.String() // the form in which Pulumi hands over a time without quotes
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return node.Value
		}
	}
	return value
}
