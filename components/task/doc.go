// Package task is what a tenant's tasks on Fargate have in common, whatever runs in them.
//
// It guarantees: an unprivileged user without capabilities on a read-only root file system; passwords and keys that
// reach a task from Secrets Manager alone and stand in no task definition; a role to start tasks that reads the secrets
// it is told and no other, pulls the one image and writes the tenant's own logs; roles that ECS alone assumes, for this
// account's tasks; files that are mounted over TLS by way of their access point; and encrypted logs.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
package task
