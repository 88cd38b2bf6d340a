package dump

// Encode is the form in which a manifest is written.
func Encode(m *Manifest) []byte { return m.encode() }
