// Package dump makes, checks and describes a tenant's logical dump: everything that one customer owns, readable
// without the cloud it came from.
//
// A dump is four objects under one prefix, or five, whose last part is the time at which its snapshot began:
//
//	database.sql.zst   the database as SQL text (package sqltext), compressed with zstd
//	files.tar.zst      the files as a tar stream, compressed with zstd
//	secrets.age        the keys without which the data cannot be read, sealed with age to people who recover
//	users.json.zst     who may sign in: the accounts of a tenant's user pool (package users), compressed with zstd
//	manifest.json      what the dump is, and the size and SHA-256 of each part
//
// The manifest is written last, once all parts are durable, and nothing is ever written over: a dump is complete if
// and only if its manifest is there. A program killed at any moment leaves parts that nothing refers to.
//
// Every transaction that had been committed when the dump began is in it, and of those that came later nothing (how,
// and what the recorded position means, package mysql says). Files are read after the database, and an application
// writes a file before the row that names it: whatever the rows name is among the files.
//
// A part knows whose it is: one of another tenant's dump, or of another dump of the same tenant, is told from one that
// was damaged. Whoever could replace all its objects could pass off one whole dump as another: the manifest's own
// SHA-256, which "haven-dump make" prints, is what that is held against.
//
// The package knows neither AWS nor a database server: a Source and a Target may lie anywhere.
package dump
