package cloud

func kmsTypes() []*Type {
	return []*Type{
		{Token: kmsKey, ID: ec2ID("x")},
		{Token: kmsAlias, ID: ec2ID("x")},
		{Token: kmsReplicaKey, ID: ec2ID("x")},
	}
}
