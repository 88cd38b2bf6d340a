// Package application declares what runs for a tenant on Fargate: its processes, each an ECS service of its own, with
// their tasks, roles, logs and scaling.
//
//	web        nginx and php-fpm behind the load balancer, scaled by processor and requests
//	worker     Horizon, which works through the queues, scaled by the jobs that wait
//	scheduler  schedule:run each minute, and before it whatever the database needs; exactly one
//	websocket  Laravel Echo's server behind the load balancer, scaled by processor
//
// It guarantees: two tasks or more of web, spread over the zones; a deployment that never goes below the tasks it
// replaces and rolls back by itself where the new ones fail; an unprivileged user without capabilities on a read-only
// root file system; passwords and keys that reach a task from Secrets Manager alone and stand in no task definition;
// a role to start tasks that reads this tenant's secrets and nobody else's, and a role to run them that may do no
// more than mount this tenant's files; no public address, and no shell into a task; and encrypted logs.
//
// # Installation and upgrades
//
// The scheduler's task begins with a container "migrate", and the scheduler proper starts only once that has
// succeeded. It installs into a database without a single table, and migrates every other one: migrate:fresh, which
// an installation runs, can never meet data. That place is chosen because ECS keeps it a one-off by itself: the
// service has one task at most, even while it is deployed, so that nothing has to be locked; the other services wait
// for it to be steady, so that new code runs only on a database made ready for it; and where it fails the circuit
// breaker brings back the scheduler of before while all others still run what they ran. It is the same for `pulumi
// up`, `haven up`, a restore and a lost zone, and needs no rights to start tasks anywhere. Run once more it changes
// nothing.
//
// Without a cache there is nothing that tasks could share: only web runs then, sessions travel in the user's
// encrypted cookie, and jobs run within the request that makes them.
//
// # Secrets
//
// A task reads its secrets when it starts. When the database's password has changed, package rotation rolls the services;
// task definitions name the version of the cache's, so that another one rolls them in the same update.
//
// The key pair that signs tokens comes from the secret PassportSecretARN where there is one. Without it the pair that
// the installation makes lies among the tenant's files, as oauth-public.key and oauth-private.key below storage/app:
// files are replicated, backed up, dumped and mirrored with the database that holds the tokens, so that the two always
// come back together. "migrate" keeps a copy of the first pair beside it (oauth-*.first.key), puts that back wherever
// another pair took its place, and refuses to go on where a database has tables and the files have no pair: it is made
// once, and never anew.
//
// # Scripts
//
// Fargate has no Docker socket, so scripts run at a service elsewhere or not at all (Args.Scripts). What proves to that
// service that it is this tenant who asks is the tenant's own, in a secret that only its role to start tasks reads.
//
// # What the image must bring
//
// nginx and php-fpm as its own command, listening on port 8080 without privileges, their limits taken from PHP_* and
// NGINX_CLIENT_MAX_BODY_SIZE; ProcessMaker under /code/pm4, with .env a link into /tmp and whatever else below
// storage must outlive a task, oauth-public.key and oauth-private.key among it, a link into storage/app; curl and
// laravel-echo-server; Amazon's certificates for RDS at /etc/ssl/certs/aws-rds-global-bundle.pem, and those of Amazon
// Trust Services, from which the cache has its own, in the system's store; a VOLUME for each directory it writes
// (/tmp, /run, and below /code/pm4 bootstrap/cache and storage/framework), owned by user and group 1000, for Fargate
// takes owner and content of a volume from there.
// Nothing written to them outlives the task. And its scheduler writes each minute how many jobs wait, over all
// queues, as a line {"metric":"JobsWaiting","value":12}: without that line the workers stay as many as they are.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
package application
