// Package references proves that what stacks name is there, and is theirs to name.
//
// What a tenant owns, its keys, secrets, groups, stores and roles, is named by its own stack and by no other; and each
// id, ARN and name by which a resource is declared to use another is that of a resource that some stack declares. A
// resource that is taken away while others still rest on it, or one that rests on another tenant's, is found by the
// property in which it is named.
//
// What policy documents and programs name is looked into for what is another's; whether it is there is not asked, for
// they may name what is made later.
package references
