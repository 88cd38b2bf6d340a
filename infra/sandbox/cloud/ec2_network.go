package cloud

func networkTypes() []*Type {
	return []*Type{
		{Token: ec2Vpc, ID: ec2ID("vpc")},
		{Token: ec2Subnet, ID: ec2ID("subnet")},
		{Token: ec2RouteTable, ID: ec2ID("rtb")},
		{Token: ec2DefaultRouteTable, ID: ec2ID("x")},
		{Token: ec2Route, ID: ec2ID("x")},
		{Token: ec2RouteTableAssociation, ID: ec2ID("rtbassoc")},
	}
}
