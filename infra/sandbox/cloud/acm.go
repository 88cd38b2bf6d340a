package cloud

func acmTypes() []*Type {
	return []*Type{
		{Token: acmCertificate, ID: ec2ID("x")},
		{Token: acmCertificateValidation, ID: ec2ID("x")},
	}
}
