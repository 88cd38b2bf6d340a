package languagehost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"golang.org/x/mod/modfile"
)

// module is the Go module that a program belongs to.
type module struct {
	root string
	file *modfile.File
}

// moduleOf reads the go.mod in dir or the nearest folder above. The error is fs.ErrNotExist where there is none.
func moduleOf(dir string) (module, error) {
	for at := dir; ; at = filepath.Dir(at) {
		path := filepath.Join(at, "go.mod")
		text, err := os.ReadFile(path)
		if err == nil {
			file, err := modfile.Parse(path, text, nil)
			return module{root: at, file: file}, err
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return module{}, err
		}
		if at == filepath.Dir(at) {
			return module{}, fmt.Errorf("%s belongs to no Go module: go.mod %w there and above", dir, fs.ErrNotExist)
		}
	}
}

// providerSDK are the modules with which programs use a provider.
var providerSDK = regexp.MustCompile(`^github\.com/pulumi/pulumi-([a-z0-9-]+)/sdk(?:/v\d+)?$`)

// packages are the providers whose SDKs the module requires, in the versions of these SDKs.
func (m module) packages() []*pulumirpc.PackageDependency {
	var found []*pulumirpc.PackageDependency
	for _, required := range m.file.Require {
		if match := providerSDK.FindStringSubmatch(required.Mod.Path); match != nil {
			found = append(found, &pulumirpc.PackageDependency{
				Name: match[1], Kind: string(apitype.ResourcePlugin), Version: required.Mod.Version,
			})
		}
	}
	return found
}

// dependencies are the modules that are imported, with those that only these import where transitive is set.
func (m module) dependencies(transitive bool) []*pulumirpc.DependencyInfo {
	var found []*pulumirpc.DependencyInfo
	for _, required := range m.file.Require {
		if transitive || !required.Indirect {
			found = append(found, &pulumirpc.DependencyInfo{Name: required.Mod.Path, Version: required.Mod.Version})
		}
	}
	return found
}

// GetRequiredPackages are the providers that the program's module requires; none for a program without a module, which
// somebody else has built.
func (h *host) GetRequiredPackages(_ context.Context, request *pulumirpc.GetRequiredPackagesRequest) (
	*pulumirpc.GetRequiredPackagesResponse, error,
) {
	m, err := moduleOf(request.GetInfo().GetProgramDirectory())
	if errors.Is(err, fs.ErrNotExist) {
		return &pulumirpc.GetRequiredPackagesResponse{}, nil
	}
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GetRequiredPackagesResponse{Packages: m.packages()}, nil
}

// GetProgramDependencies are the modules that the program's module requires.
func (h *host) GetProgramDependencies(_ context.Context, request *pulumirpc.GetProgramDependenciesRequest) (
	*pulumirpc.GetProgramDependenciesResponse, error,
) {
	m, err := moduleOf(request.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GetProgramDependenciesResponse{Dependencies: m.dependencies(request.TransitiveDependencies)}, nil
}
