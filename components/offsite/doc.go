// Package offsite owns a tenant that is brought back in Google Cloud when AWS is lost: from the newest dump in the
// mirror, and from nothing else. It declares no resource of AWS, names none, and asks AWS for nothing.
//
// A tenant has a project of its own, made beforehand and empty: who may reach it, what it may use up and what it costs
// end at the project, and tenants are brought back side by side without anything that they share. It has three parts:
//   - [Stores] are keys, network, database, cache, files and secrets. The database has no address on the internet, lies
//     in a network without a route to it, takes connections from Cloud SQL's own connector only, and is encrypted with
//     a key that Cloud SQL alone may use; so are the others, each with its own. Backups and binary logs start at once.
//   - [Restoration] is a job that brings a dump back: as an identity that may read that tenant's objects in the mirror
//     and the database's password, and nothing else. It verifies every byte against the manifest before it writes.
//   - [Application] is what serves the tenant: services that only the load balancer reaches, each with an identity of
//     its own that may read the secrets it needs; a load balancer with TLS 1.2 and 1.3, a managed certificate, and a
//     firewall in front; the host's zone. It comes when the data is back, for it must not start on an empty database.
//
// The application's keys come out of the dump: whoever holds an identity that they are sealed to opens them on a
// machine of their own ("haven-dump unseal") and puts them into secrets that are declared here without a value, so that
// neither they nor that identity ever lie in a state. The database's password is drawn once, and lies in the state as a
// secret. People sign in with accounts of the application: a user pool is gone with AWS, and its accounts, which the
// dump has, wait for another one.
//
// What an operator prepares: a project for each tenant with billing; the application's and the dump's images in
// Artifact Registry, readable by the projects' service agents of Cloud Run, the dump's built with RUN_AS=0:0 (a new
// file share belongs to root; what is restored is handed to the application's user); and the right to delegate the
// host.
//
// https://cloud.google.com/architecture/identity/best-practices-for-planning#projects
// https://cloud.google.com/sql/docs/mysql/private-ip
// https://cloud.google.com/run/docs/configuring/networking-best-practices
// https://cloud.google.com/load-balancing/docs/https/setup-global-ext-https-serverless
package offsite
