package cloud

func listenerTypes() []*Type {
	return []*Type{
		{Token: lbListener, ID: ec2ID("x")},
		{Token: lbListenerRule, ID: ec2ID("x")},
		{Token: lbListenerCertificate, ID: ec2ID("x")},
	}
}
