// Package cidr plans the address space of a cell's VPC.
//
// It is pure: no Pulumi, no cloud SDK. A plan depends on nothing but the VPC's range and the order of its zones, so that
// no other setting can move, and with that replace, a subnet. The VPC's quarters go to the three zones; the fourth
// stays free, and a quarter of each zone's share too, for what a cell is yet to hold:
//
//	zone's quarter   half: private · eighth: public · eighth: isolated · quarter: free
//	/16              /19 (8,187)     /21 (2,043)      /21 (2,043)        usable addresses
//	/20              /23 (507)       /25 (123)        /25 (123)
//
// The smallest VPC therefore still holds 25 tenants with 20 tasks each, twice over while they are replaced, and the
// eight free addresses in a /27 or larger that a load balancer needs in each zone. AWS keeps five addresses of each
// subnet for itself.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
package cidr
