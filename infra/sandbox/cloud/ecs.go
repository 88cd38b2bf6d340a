package cloud

func ecsTypes() []*Type {
	return []*Type{
		{Token: ecsCluster, ID: ec2ID("x")},
		{Token: ecsClusterCapacityProviders, ID: ec2ID("x")},
		{Token: ecsService, ID: ec2ID("x")},
		{Token: ecsTaskDefinition, ID: ec2ID("x")},
	}
}
