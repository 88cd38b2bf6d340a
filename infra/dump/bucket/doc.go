// Package bucket keeps dumps in S3.
//
// Objects are written once and locked in compliance mode from the moment they exist: nobody can delete or shorten
// them before the given time. They are encrypted as the bucket says. A large one is uploaded in parts of 32 MiB,
// three at a time, 312 GiB at most; S3 checks the SHA-256 of each. An upload that fails is aborted, and one of a
// program that was killed never becomes an object (the bucket's lifecycle removes what it holds). An object appears
// only if none is there.
//
// The role needs s3:PutObject, s3:PutObjectRetention and s3:AbortMultipartUpload below the dump's prefix, and
// kms:GenerateDataKey and kms:Decrypt on the bucket's key; to read, s3:GetObject, s3:ListBucket (without which S3
// answers 403 for what is not there) and kms:Decrypt.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
package bucket
