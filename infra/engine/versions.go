package engine

import "github.com/blang/semver"

const (
	// Version is the engine this program is tested with, the one that is built from source when there is no other. It
	// is also the oldest that is accepted from the PATH: older ones were never tried. It is pinned in pulumi/go.mod.
	Version = "3.258.0"
	// AWSVersion and GCPVersion are the SDKs' versions, and so those of the plugins that the engine asks for.
	AWSVersion = "6.83.2"
	GCPVersion = "7.38.0"
)

// recent says whether an engine of that version can run the program: not older than Version, and of its major version.
func recent(version string) bool {
	is, err := semver.ParseTolerant(version)
	pinned := semver.MustParse(Version)
	return err == nil && is.Major == pinned.Major && is.GTE(pinned)
}
