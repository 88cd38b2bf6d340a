// Package registry owns where images come from: a cell's ECR repository, in its region and in the recovery region,
// and an account's replication from one region to the other.
//
// It guarantees: a tag that never changes what it names; a scan of each image as it is pushed; images encrypted with
// the cell's key, in each region with the key of that region; access for the account's own principals alone, over TLS
// alone; and images without a tag that are gone after two weeks, while tagged ones stay for as long as somebody may
// want to go back to them. The repository of the recovery region is declared, not left to ECR, which would make it
// without any of that; a recovery pulls from it and needs nothing of the region that was lost.
//
// ECR has one replication configuration for each account and region. It therefore belongs to whoever owns the
// account, not to a cell: with a cell of its own it would go when that cell goes, and with it the copies of every
// other cell's images.
//
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
package registry
