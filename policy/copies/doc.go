// Package copies proves that no customer's data is in one place only.
//
// Of each database and file system of each tenant it asks for a copy in another zone, in another region and in another
// company's cloud, for one that nobody can change or delete, and for an alarm on the age of each; of each secret and key
// that a restore needs, that it is there where the restore is made. How often copies are made, how old they may be and
// how long they are locked is that of the tenant's tier.
//
// Of a user pool, which AWS has no backup of, it asks that dumps list it; a user pool itself lies in three zones. Of a
// cache it asks for less: the table of holdings says why, and what is lost. That table has every type that may be
// declared: one that is missing there is found, and so is one that holds data and that no proof asks for.
//
// Of data in quarantine it asks that nobody reaches it, and then for its backups alone; of a tenant who is brought back
// for what is not another stack's to have.
//
// Of the trail of who did what it asks that its bucket is locked, and copied to a locked one of another region.
//
// It follows the chains hop by hop, from the store to the last copy: a schedule that is off, a plan that selects
// something else, a bucket that stopped to replicate are each found by name. What a chain rests on in roles and key
// policies is proven elsewhere.
package copies
