package graph

// Finding is what a proof does not hold for.
type Finding struct {
	// Rule is the proof, "copies/region".
	Rule string
	// URN is the resource that it is about.
	URN string
	// Message says what is missing, and how to mend it.
	Message string
	// Witness is the way that leads there, resource by resource.
	Witness []string
	// Undecided says that a value which is not known yet keeps the proof from holding: it may, or may not.
	Undecided bool
}
