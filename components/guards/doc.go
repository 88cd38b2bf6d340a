// Package guards owns the settings of an account that hold whatever anybody creates in it: those of the whole account,
// and those of each region.
//
// They guarantee:
//   - No bucket, access point or object of the account can be made public.
//   - Passwords of IAM users have 14 characters of all classes, are replaced within 90 days, and none of the last 24
//     comes back.
//   - New volumes and snapshots are encrypted by a key of the account's own, and no snapshot is shared with everyone,
//     not even one that was before.
//   - No machine image is newly shared with everyone.
//   - New instances give their credentials to session tokens only (IMDSv2), and not beyond the first hop.
//
// Nothing here runs in Haven's own stacks: there are no users and no instances in them. The guards are for what is made
// beside them.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
// https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
// https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
package guards
