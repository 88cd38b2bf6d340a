package regions

import (
	"slices"

	"haven/policy/graph"
)

const vpc = "aws:ec2/vpc:Vpc"

// Networks finds an environment whose networks are all in one region: when that is lost, there is none to recover in.
func Networks(g *graph.Graph) []graph.Finding {
	var regions, urns []string
	for _, r := range g.OfType(vpc) {
		urns = append(urns, r.URN)
		if !slices.Contains(regions, r.Region) {
			regions = append(regions, r.Region)
		}
	}
	if len(regions) != 1 {
		return nil
	}
	return []graph.Finding{{
		Rule: "networks", URN: urns[0], Witness: urns,
		Message: "all networks are in " + regions[0] + ", expected one in another region: declare a cell that stands by there",
	}}
}
