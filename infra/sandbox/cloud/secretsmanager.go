package cloud

func secretsManagerTypes() []*Type {
	return []*Type{
		{Token: secret, ID: ec2ID("x")},
		{Token: secretVersion, ID: ec2ID("x")},
		{Token: secretRotation, ID: ec2ID("x")},
	}
}
