// Package certificate declares a public certificate for one host name.
//
// It guarantees that Amazon's authority issues and renews it by itself, that its private key never leaves AWS, that it
// is written to the public transparency logs, and that nobody is handed its ARN before it is valid.
//
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html#concept-transparency
package certificate
