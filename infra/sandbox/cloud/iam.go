package cloud

func iamTypes() []*Type {
	return []*Type{
		{Token: iamRole, Global: true, ID: ec2ID("x")},
		{Token: iamRolePolicy, Global: true, ID: ec2ID("x")},
		{Token: iamPolicy, Global: true, ID: ec2ID("x")},
		{Token: iamRolePolicyAttachment, Global: true, ID: ec2ID("x")},
	}
}
