// Package cluster owns the ECS cluster that the tenants of a cell run in.
//
// It guarantees that tasks run on Fargate only, that what is measured of them and each session opened into one is
// logged to encrypted log groups, and that a session is encrypted with the same key: nobody can open one until that
// key's policy lets a role use it, and no component does.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html
package cluster
