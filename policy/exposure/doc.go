// Package exposure proves that no secret stands in plain text: in no property, no output of a stack, no variable of a
// container.
//
// What is known to be a secret has to be marked as one, whatever its value. Everything else is looked at for what secrets
// look like: keys of AWS and Google, private keys, tokens, addresses with a password in them; and a variable whose name
// says that it is a secret has to come from Secrets Manager.
//
// https://www.pulumi.com/docs/iac/concepts/secrets/
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
package exposure
