package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
)

// declareGatewayEndpoints routes S3 and DynamoDB from private and isolated subnets past the NAT gateways.
func (b *builder) declareGatewayEndpoints() error {
	tables := slices.Concat(b.private.tableIDs(), b.isolated.tableIDs())
	for _, each := range []struct {
		service string
		policy  iamdoc.Document
	}{
		{"s3", iamdoc.Document{Statements: []iamdoc.Statement{b.ownResources(), b.imageLayers()}}},
		{"dynamodb", iamdoc.Document{Statements: []iamdoc.Statement{b.ownResources()}}},
	} {
		policy, err := each.policy.Resource()
		if err != nil {
			return err
		}
		_, err = ec2.NewVpcEndpoint(b.ctx, b.name+"-endpoint-"+each.service, &ec2.VpcEndpointArgs{
			VpcId:           b.vpc.ID(),
			VpcEndpointType: pulumi.String("Gateway"),
			ServiceName:     b.service(each.service),
			RouteTableIds:   tables,
			Policy:          pulumi.String(policy),
			Tags:            b.tags("endpoint-" + each.service),
		}, b.parent())
		if err != nil {
			return err
		}
	}
	return nil
}

// declareInterfaceEndpoints puts an address of each service into every private subnet, under the service's own name.
func (b *builder) declareInterfaceEndpoints() error {
	group, err := b.endpointGroup()
	if err != nil {
		return err
	}
	policy, err := iamdoc.Document{Statements: []iamdoc.Statement{b.ownPrincipals()}}.Resource()
	if err != nil {
		return err
	}
	for _, service := range b.args.InterfaceEndpoints {
		part := "endpoint-" + strings.ReplaceAll(service, ".", "-")
		_, err := ec2.NewVpcEndpoint(b.ctx, b.name+"-"+part, &ec2.VpcEndpointArgs{
			VpcId:             b.vpc.ID(),
			VpcEndpointType:   pulumi.String("Interface"),
			ServiceName:       b.service(service),
			SubnetIds:         ids(b.private.ids()),
			SecurityGroupIds:  pulumi.StringArray{group.ID()},
			PrivateDnsEnabled: pulumi.Bool(true),
			Policy:            pulumi.String(policy),
			Tags:              b.tags(part),
		}, b.parent())
		if err != nil {
			return err
		}
	}
	return nil
}

// endpointGroup admits HTTPS from the private subnets and lets nothing out.
func (b *builder) endpointGroup() (*ec2.SecurityGroup, error) {
	group, err := ec2.NewSecurityGroup(b.ctx, b.name+"-endpoints-group", &ec2.SecurityGroupArgs{
		Name:        pulumi.String(b.args.Scope.Name("endpoints")),
		Description: pulumi.String("Interface endpoints: HTTPS in from the private subnets"),
		VpcId:       b.vpc.ID(),
		Tags:        b.tags("endpoints"),
	}, b.parent())
	if err != nil {
		return nil, err
	}
	for i, cidr := range b.private.cidrs {
		part := "endpoints-in-" + b.zonal("private", i)
		_, err := vpc.NewSecurityGroupIngressRule(b.ctx, b.name+"-"+part, &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: group.ID(),
			Description:     pulumi.String("Private subnet in " + b.plan[i].Name),
			CidrIpv4:        pulumi.String(cidr),
			IpProtocol:      pulumi.String("tcp"),
			FromPort:        pulumi.Int(https),
			ToPort:          pulumi.Int(https),
			Tags:            b.tags(part),
		}, b.parent())
		if err != nil {
			return nil, err
		}
	}
	return group, nil
}

// ownPrincipals lets this account's principals use a service.
func (b *builder) ownPrincipals() iamdoc.Statement {
	return iamdoc.Statement{
		Sid:        "OwnPrincipals",
		Principals: iamdoc.Principals{Anyone: true},
		Actions:    []string{"*"},
		Resources:  []string{"*"},
		Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"aws:PrincipalAccount": {b.args.Account}}},
	}
}

// ownResources is ownPrincipals on this account's resources only, so that no data can be carried into another account.
func (b *builder) ownResources() iamdoc.Statement {
	s := b.ownPrincipals()
	s.Sid = "OwnResources"
	s.Conditions[iamdoc.StringEquals]["aws:ResourceAccount"] = []string{b.args.Account}
	return s
}

// imageLayers lets ECR's signed links be read, with which it hands out the layers of images.
func (b *builder) imageLayers() iamdoc.Statement {
	return iamdoc.Statement{
		Sid:        "ImageLayers",
		Principals: iamdoc.Principals{Anyone: true},
		Actions:    []string{"s3:GetObject"},
		Resources:  []string{fmt.Sprintf("arn:aws:s3:::prod-%s-starport-layer-bucket/*", b.args.Region)},
		Conditions: iamdoc.Conditions{iamdoc.Bool: {"aws:SecureTransport": {"true"}}},
	}
}

func (b *builder) service(name string) pulumi.String {
	return pulumi.String("com.amazonaws." + b.args.Region + "." + name)
}
