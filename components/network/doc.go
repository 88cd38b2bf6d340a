// Package network owns a cell's VPC: three zones, each with a public, a private and an isolated subnet.
//
// It guarantees:
//   - Nothing in the VPC gets a public address but the NAT gateways and what is put into a public subnet on purpose.
//   - Each zone stands alone: its private subnet goes out through its own NAT gateway and route table, so that losing a
//     zone takes no other zone's way out with it.
//   - Isolated subnets have no route to the internet in either direction, and their network ACL admits MySQL from the
//     private subnets alone.
//   - What a VPC is born with is closed: its default security group and network ACL hold no rule, and each subnet has a
//     route table of its own, so that the main one, which knows the VPC's own range only, serves none.
//   - AWS's services are reached inside the VPC, by this account's principals only; through the gateway endpoints no
//     bucket or table of another account can be reached, but for the one that ECR keeps image layers in.
//   - Every flow, accepted or rejected, is logged each minute to an encrypted log group.
//
// Network ACLs keep no state: each also admits the answers, which come to ports 1024 to 65535. They do not see DNS
// queries to the VPC's resolver.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
package network
