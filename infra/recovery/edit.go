package recovery

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"

	"gopkg.in/yaml.v3"
)

// edit changes the settings of a tenant in its stack file, and leaves all else in it as it is, comments among it. The
// file is replaced as a whole, and only where something changes.
func edit(path string, change func(tenant map[string]any)) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return err
	}
	var settings *yaml.Node
	if len(document.Content) > 0 {
		settings = child(child(document.Content[0], "config"), "haven:tenant")
	}
	if settings == nil {
		return fmt.Errorf("%s is no tenant's", path)
	}
	tenant := map[string]any{}
	if err := settings.Decode(&tenant); err != nil {
		return err
	}
	before := fmt.Sprint(tenant)
	if change(tenant); fmt.Sprint(tenant) == before {
		return nil
	}
	if err := set(settings, tenant); err != nil {
		return err
	}
	var changed bytes.Buffer
	encoder := yaml.NewEncoder(&changed)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return err
	}
	return replace(path, changed.Bytes())
}

// set makes a mapping say what values say: what is the same already stays as it is written.
func set(mapping *yaml.Node, values map[string]any) error {
	for i := 0; i+1 < len(mapping.Content); {
		if _, stays := values[mapping.Content[i].Value]; stays {
			i += 2
			continue
		}
		mapping.Content = slices.Delete(mapping.Content, i, i+2)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		there := child(mapping, name)
		if there == nil {
			there = &yaml.Node{}
			mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, there)
		}
		if err := setOne(there, values[name]); err != nil {
			return err
		}
	}
	return nil
}

func setOne(node *yaml.Node, value any) error {
	if inner, is := value.(map[string]any); is && node.Kind == yaml.MappingNode {
		return set(node, inner)
	}
	var was any
	if err := node.Decode(&was); err == nil && node.Kind != 0 && fmt.Sprint(was) == fmt.Sprint(value) {
		return nil
	}
	var fresh yaml.Node
	if err := fresh.Encode(value); err != nil {
		return err
	}
	fresh.HeadComment, fresh.LineComment, fresh.FootComment = node.HeadComment, node.LineComment, node.FootComment
	if fresh.Kind == yaml.SequenceNode {
		fresh.Style = yaml.FlowStyle
	}
	*node = fresh
	return nil
}

// child is the value of a key in a mapping; nil where it has none.
func child(of *yaml.Node, key string) *yaml.Node {
	if of == nil || of.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(of.Content); i += 2 {
		if of.Content[i].Value == key {
			return of.Content[i+1]
		}
	}
	return nil
}
