package cloud

func endpointTypes() []*Type {
	return []*Type{
		{Token: ec2VpcEndpoint, ID: ec2ID("vpce")},
		{Token: ec2FlowLog, ID: ec2ID("fl")},
	}
}
