package cloud

func securityGroupTypes() []*Type {
	return []*Type{
		{Token: ec2SecurityGroup, ID: ec2ID("sg")},
		{Token: ec2DefaultSecurityGroup, ID: ec2ID("x")},
		{Token: vpcIngressRule, ID: ec2ID("sgr")},
		{Token: vpcEgressRule, ID: ec2ID("sgr")},
	}
}
