package cloud

func rdsTypes() []*Type {
	return []*Type{
		{Token: rdsInstance, ID: ec2ID("x")},
		{Token: rdsParameterGroup, ID: ec2ID("x")},
		{Token: rdsSubnetGroup, ID: ec2ID("x")},
	}
}
