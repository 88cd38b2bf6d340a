// Package application declares what runs for a tenant: the ECS service "web" on Fargate, with its task, roles and log.
//
// It guarantees: two tasks or more, spread over the zones; a deployment that never goes below the tasks it replaces and
// rolls back by itself where the new ones fail; an unprivileged user without capabilities on a read-only root file
// system; passwords and keys that reach a task from Secrets Manager alone and stand in no task definition; a role to
// start the task that reads this tenant's two secrets and nobody else's, and a role to run it that may do nothing; no
// public address, and no shell into a task; and an encrypted log.
//
// A task reads its secrets when it starts. The master password changes each week; a task that is refused with the old
// one fails its health check, and the task that ECS puts in its place reads the new one.
//
// What the image must bring: nginx and php-fpm that listen on port 8080 without privileges; ProcessMaker under
// /code/pm4; curl; Amazon's certificates for RDS at /etc/ssl/certs/aws-rds-global-bundle.pem; and a VOLUME for each
// directory it writes (/tmp, /run, and below /code/pm4 bootstrap/cache and storage/framework), owned by user and group
// 1000, for Fargate takes owner and content of a volume from there. Nothing written to them outlives the task.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
package application
