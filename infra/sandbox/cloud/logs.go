package cloud

func logsTypes() []*Type {
	return []*Type{
		{Token: logGroup, ID: ec2ID("x")},
	}
}
