// Package regions proves that no region needs another: that what recovers from the loss of one stands, works and can be
// read without it.
//
// Nothing that is in a region may be made from, named by, reached at or encrypted with what is in another one. What copies
// outwards is excepted, for it names where it copies to, and so is a copy, for it names what it was made of once. A copy
// that is in the region of its original is none. A tenant that is brought back in a standby has nothing anywhere else, and
// takes nothing from the outputs of a stack that is in the region that is lost.
//
// An environment with networks has one in another region.
//
// What the policies of IAM name is not looked at: they are documents, and are there without what they name.
//
// https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html
package regions
