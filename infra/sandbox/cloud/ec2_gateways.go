package cloud

func gatewayTypes() []*Type {
	return []*Type{
		{Token: ec2InternetGateway, ID: ec2ID("igw")},
		{Token: ec2Eip, ID: ec2ID("eipalloc")},
		{Token: ec2NatGateway, ID: ec2ID("nat")},
	}
}
