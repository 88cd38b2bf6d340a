// Package tripwires owns an alarm for each kind of event in the audit trail that somebody should hear of: what CIS asks
// for, one metric filter and one alarm each.
//
// It guarantees that within minutes
//   - use of the root user, and any change to the trail, to AWS Config or to whether a key works, is critical;
//   - a sign-in without a second factor, repeated refusals, and changes to the organization are warnings;
//   - changes to policies, buckets and the network, which every update makes, are told for information.
//
// The patterns are those that Security Hub looks for, word for word.
//
// https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
package tripwires
