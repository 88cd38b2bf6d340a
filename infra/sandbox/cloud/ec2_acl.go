package cloud

func networkACLTypes() []*Type {
	return []*Type{
		{Token: ec2NetworkACL, ID: ec2ID("acl")},
		{Token: ec2DefaultNetworkACL, ID: ec2ID("x")},
		{Token: ec2NetworkACLRule, ID: ec2ID("x")},
	}
}
