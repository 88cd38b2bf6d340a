package world

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// sealedKey marks an encrypted secret in a record's JSON: an object with this one key, its value the ciphertext.
const sealedKey = "haven:sealed"

// hidden stands for a secret where the world is listed.
const hidden = "[secret]"

// encode is properties as JSON values, each secret encrypted.
func (v *vault) encode(m property.Map) (map[string]any, error) {
	fields := make(map[string]any, m.Len())
	for name, value := range m.All {
		encoded, err := v.encodeValue(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		fields[name] = encoded
	}
	return fields, nil
}

func (v *vault) encodeValue(value property.Value) (any, error) {
	if value.Secret() {
		plain, err := v.encodeValue(value.WithSecret(false))
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(plain)
		if err != nil {
			return nil, err
		}
		sealed, err := v.seal(text)
		return map[string]any{sealedKey: sealed}, err
	}
	switch {
	case value.IsNull():
		return nil, nil
	case value.IsBool():
		return value.AsBool(), nil
	case value.IsNumber():
		return value.AsNumber(), nil
	case value.IsString():
		return value.AsString(), nil
	case value.IsMap():
		return v.encode(value.AsMap())
	case value.IsArray():
		elems := make([]any, value.AsArray().Len())
		for i, elem := range value.AsArray().All {
			encoded, err := v.encodeValue(elem)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
			elems[i] = encoded
		}
		return elems, nil
	case value.IsComputed():
		return nil, fmt.Errorf("a value that is not known cannot be kept")
	}
	return nil, fmt.Errorf("the sandbox keeps no assets and archives")
}

// decode is the inverse of encode.
func (v *vault) decode(fields map[string]any) (property.Map, error) {
	m := make(map[string]property.Value, len(fields))
	for name, field := range fields {
		value, err := v.decodeValue(field)
		if err != nil {
			return property.Map{}, fmt.Errorf("%s: %w", name, err)
		}
		m[name] = value
	}
	return property.NewMap(m), nil
}

func (v *vault) decodeValue(encoded any) (property.Value, error) {
	switch encoded := encoded.(type) {
	case map[string]any:
		if sealed, ok := sealedText(encoded); ok {
			return v.decodeSecret(sealed)
		}
		m, err := v.decode(encoded)
		return property.New(m), err
	case []any:
		elems := make([]property.Value, len(encoded))
		for i, elem := range encoded {
			var err error
			if elems[i], err = v.decodeValue(elem); err != nil {
				return property.Value{}, err
			}
		}
		return property.New(elems), nil
	}
	return property.Any(encoded)
}

func (v *vault) decodeSecret(text string) (property.Value, error) {
	var sealed []byte
	if err := json.Unmarshal([]byte(`"`+text+`"`), &sealed); err != nil {
		return property.Value{}, err
	}
	plain, err := v.unseal(sealed)
	if err != nil {
		return property.Value{}, err
	}
	var decoded any
	if err := json.Unmarshal(plain, &decoded); err != nil {
		return property.Value{}, err
	}
	value, err := v.decodeValue(decoded)
	return value.WithSecret(true), err
}

func sealedText(fields map[string]any) (string, bool) {
	text, ok := fields[sealedKey].(string)
	return text, ok && len(fields) == 1
}

// hide puts [hidden] in the place of every secret.
func hide(encoded any) any {
	switch encoded := encoded.(type) {
	case map[string]any:
		if _, ok := sealedText(encoded); ok {
			return hidden
		}
		for name, field := range encoded {
			encoded[name] = hide(field)
		}
	case []any:
		for i, elem := range encoded {
			encoded[i] = hide(elem)
		}
	}
	return encoded
}
