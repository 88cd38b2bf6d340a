// Package realdata drills the recovery of a tenant's database on real MariaDB servers.
//
// A tenant's data are [Books]: requests in progress, and the history of every step that was taken in them. Writers go
// on taking steps while everything else happens, each in one transaction over both tables, and keep in mind, outside of
// the server, the number that the server gave to each transaction that it acknowledged. A base backup is a dump, made
// by the program that makes every dump; between backups the binary log is copied to an archive as it is written.
//
// A copy is restored beside the server: the dump, and then the archive's log up to one transaction. It is exact if it
// has each step that was acknowledged up to there, none that came later, and every request as these steps left it:
// [Copy.Verify] reads all rows and says what is not so.
//
// It differs from a database at a cloud in that the log is archived as it is written, and not every five minutes:
// what is measured of a lost server here is the mechanism's own loss.
package realdata
