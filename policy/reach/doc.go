// Package reach proves who can reach whom over the network.
//
// It follows connections as AWS's networks let them through: from the groups of one interface to those of another by
// groups, ranges of addresses and prefix lists, in IPv4 and IPv6; through the network ACLs of both subnets and back; by
// routes within a VPC, over peerings and transit gateways; and on through whatever forwards, such as load balancers,
// endpoints of private services, proxies and the tasks of somebody else.
//
// [Isolation] proves that no tenant has a path to what another one owns, [Internet] that data stores have none to or
// from the internet, and that nothing but the load balancers of the edge can be reached from there. A layer that is
// open by itself is told even where another one still keeps the path closed: a data store is behind all of them.
// [Layout] proves that networks stand when a zone is lost, and keep inside what belongs there.
//
// Whose a resource is follows from its tags and its stack. Of one stack alone it asks that nothing of a tenant's
// depends on what the stack does not declare; with the stacks of an environment it sees the paths between them.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
// https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
// https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html
package reach
