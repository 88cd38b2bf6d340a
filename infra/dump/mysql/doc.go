// Package mysql reads a MySQL or MariaDB database at one moment, while others write to it, and loads it into another.
//
// # Why the position is exact
//
// RDS grants nobody FLUSH TABLES WITH READ LOCK, with which mysqldump stops a whole server. What is needed is less:
// that nobody writes to this database for the few milliseconds between reading a position and beginning a snapshot.
// Two sessions do that:
//
//	gate    LOCK TABLES … READ, all tables of the database
//	gate    SHOW BINARY LOG STATUS
//	reader  START TRANSACTION WITH CONSISTENT SNAPSHOT
//	gate    UNLOCK TABLES
//
// LOCK TABLES … READ takes a metadata lock on each table that no writer's goes with, and a transaction holds its
// metadata locks until its commit is over: written to the binary log and visible to others. So once the lock is
// granted, every transaction that ever wrote to these tables is either both before the position and in the snapshot,
// or has yet to begin writing, and will be after both. What other databases of the server write meanwhile may move the
// position, and touches nothing of this one. Whoever restores the dump and replays the binary log from the position
// gets each transaction once.
//
// Definitions are read before the locks and again after them, and it all begins anew where they differ: since they are
// the same they are those of the position. Each table's is read once more when its rows have been read and before a
// change to it could begin again, so that an ALTER TABLE on the way ends the dump instead of spoiling it. Automatic
// counters are those of a moment later, never less than the snapshot's own.
//
// The locks wait for open transactions, and make those that come after them wait: five seconds at most, then they give
// way and try again later. While they wait, a transaction that has written to one table and now wants another can be
// refused as a deadlock, as by any other, and is then to be tried again by whoever began it. Later on an ALTER TABLE
// waits until its table has been read, and whoever uses that table waits behind it: large migrations and dumps are best
// kept apart.
//
// https://dev.mysql.com/doc/refman/8.0/en/metadata-locking.html
// https://dev.mysql.com/doc/refman/8.0/en/lock-tables.html
// https://dev.mysql.com/doc/refman/8.0/en/commit.html
//
// # What is in the text
//
// Tables with their rows, then routines, views, triggers and events. Values are written so that they come back bit by
// bit: in the character set that they are kept in, floating-point numbers with all their digits, times in UTC,
// impossible dates as they stand. Columns that the server generates are left to it. Definers are left out, for they
// may not exist where a dump is restored: whoever restores it becomes the definer, and a comment says who it was.
//
// Refused, by name, are tables whose engine has no transactions, for no snapshot has them, and tables of kinds that
// have no copy in SQL. JSON's own decimals and times come back as numbers and strings, as from any SQL text.
//
// The user needs SELECT, LOCK TABLES, SHOW VIEW, TRIGGER and EVENT on the database and REPLICATION CLIENT on the
// server, on MySQL also SHOW_ROUTINE; RDS's own first user has them.
package mysql
