// Package headroom proves that an environment does not come up against what AWS lets an account have.
//
// Of each quota of an account or a region a fifth is left, so that nothing that is made in a hurry is refused; of those
// of one resource, such as the rules of a load balancer, nothing is exceeded. And as cells fill up: with a tenant in
// each slot, of the size of those that there are, every quota still holds. A quota that has been raised counts as
// declared.
//
// https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html
package headroom
