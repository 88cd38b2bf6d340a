package cloud

func gcpTypes() []*Type {
	return []*Type{
		{Token: gcpBucket, ID: ec2ID("x")},
		{Token: gcpKeyRing, ID: ec2ID("x")},
		{Token: gcpCryptoKey, ID: ec2ID("x")},
	}
}
