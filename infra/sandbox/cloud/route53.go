package cloud

func route53Types() []*Type {
	return []*Type{
		{Token: route53Zone, Global: true, ID: ec2ID("x")},
		{Token: route53Record, Global: true, ID: ec2ID("x")},
	}
}
