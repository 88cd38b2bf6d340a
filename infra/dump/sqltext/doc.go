// Package sqltext is the text of a database dump: what is written is read back by this package, line by line and
// without an SQL parser, and by the mysql and mariadb clients alike.
//
// Its grammar, on top of SQL's:
//
//   - A line that begins with "-- " where a statement could begin is a comment. The first says whose dump it is, the
//     last is End: text without it was cut off.
//   - A statement ends at the first line that ends with ";". One that could be mistaken (a trigger's body) stands
//     between two lines "DELIMITER …" and ends at a line that is that delimiter and nothing else.
//   - Rows stand in statements "INSERT INTO `table` (…) VALUES", each on a line of its own: no literal has a line
//     break in it. A row too large for a statement of 1 MiB has one for itself, and is the most that is ever held in
//     memory.
//
// The clients read it with --comments, without which comments in programs are lost, and with --max-allowed-packet=1G
// where rows are large.
package sqltext
