package config

import (
	"strings"

	"haven/components/identity/limits"
)

// noIdentity leaves signing in to the application.
const noIdentity = "none"

// Pooled says whether the tenant has a user pool.
func (i Identity) Pooled() bool { return i.Mode != noIdentity }

// Settings are what the identity says, in the words of its component.
func (i Identity) Settings() limits.Settings {
	settings := limits.Settings{
		Mode:            limits.Mode(i.Mode),
		MetadataURL:     i.MetadataURL,
		Issuer:          i.Issuer,
		ClientID:        i.ClientID,
		ClientSecretARN: i.ClientSecretARN,
		NoticesFrom:     i.NoticesFrom,
		SessionHours:    i.SessionHours,
	}
	for _, script := range i.Scripts {
		settings.Scripts = append(settings.Scripts, limits.Script(script))
	}
	return settings
}

func (c *checker) identity(identity Identity) {
	const path = "tenant.identity."
	if identity.Pooled() {
		identity.Settings().Check(func(field string, err error) { c.limit(path+fieldName(field), err) })
		return
	}
	for name, given := range map[string]bool{
		"ssoOnly":         identity.SSOOnly,
		"metadataURL":     identity.MetadataURL != "",
		"issuer":          identity.Issuer != "",
		"clientID":        identity.ClientID != "",
		"clientSecretARN": identity.ClientSecretARN != "",
		"noticesFrom":     identity.NoticesFrom != "",
		"scripts":         len(identity.Scripts) > 0,
	} {
		if given {
			c.refuse(path+name, words("a setting"), `nothing in the mode "none"`,
				`choose the mode "password", "saml" or "oidc", or remove it`)
		}
	}
}

// fieldName is a component's field as a stack file writes it: "Scripts[0].Name" is scripts[0].name.
func fieldName(field string) string {
	parts := strings.Split(field, ".")
	for i, part := range parts {
		parts[i] = strings.ToLower(part[:1]) + part[1:]
	}
	return strings.Join(parts, ".")
}
