// Package certificates proves that whoever calls a host by its name finds a load balancer that can prove to be it.
//
// Of each name that a record or a listener's rule serves it asks for a certificate that covers it, held by a listener of
// the very load balancer to which the name leads, and in its region; of each public zone, that only the authority which
// issues these certificates may issue any, and none for all its names at once where none is asked for.
//
// Of one stack alone, a load balancer that another stack declares is known by what this one gives it: the certificates
// of its own names.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
// https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
package certificates
