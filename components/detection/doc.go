// Package detection owns what looks for threats, weaknesses and open doors in a region: GuardDuty, Security Hub,
// Inspector and Access Analyzer. It is one component per account and region.
//
// It guarantees:
//   - GuardDuty watches the account, S3, logins to RDS, functions, the volumes of suspicious instances, and the
//     processes within Fargate tasks, and reports within 15 minutes. It does not watch EKS and the processes within EC2
//     instances, which there are none of.
//   - Security Hub judges the region by AWS's Foundational Security Best Practices and the CIS benchmark, by which it
//     also counts as one what both ask. The home region gathers the findings of all.
//   - Inspector scans images and functions, when they come and when a new weakness becomes known.
//   - Access Analyzer reports what principals of other accounts can reach, and, in the home region, permissions of IAM
//     that nobody used for 90 days.
//
// Security Hub's controls read AWS Config's records, and have no result where there are none.
//
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html
// https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
// https://docs.aws.amazon.com/inspector/latest/user/scanning-resources.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
package detection
