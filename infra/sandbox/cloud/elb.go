package cloud

func loadBalancerTypes() []*Type {
	return []*Type{
		{Token: lbLoadBalancer, ID: ec2ID("x")},
		{Token: lbTargetGroup, ID: ec2ID("x")},
	}
}
