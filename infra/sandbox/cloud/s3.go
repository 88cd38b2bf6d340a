package cloud

func s3Types() []*Type {
	return []*Type{
		{Token: s3Bucket, ID: ec2ID("x")},
		{Token: s3Policy, ID: ec2ID("x")},
		{Token: s3PublicAccessBlock, ID: ec2ID("x")},
		{Token: s3OwnershipControls, ID: ec2ID("x")},
		{Token: s3Versioning, ID: ec2ID("x")},
		{Token: s3Encryption, ID: ec2ID("x")},
		{Token: s3Lifecycle, ID: ec2ID("x")},
		{Token: s3Logging, ID: ec2ID("x")},
	}
}
