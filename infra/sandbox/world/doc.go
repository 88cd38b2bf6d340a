// Package world keeps everything the sandbox's clouds hold, in one bbolt file (https://pkg.go.dev/go.etcd.io/bbolt).
//
// Many plugin processes share one world. Each transaction takes a lock on the file beside it with the suffix ".lock"
// (shared to read, exclusive to write), opens the file, and closes it again before the lock goes. A transaction is all
// or nothing and on disk when it returns; a process killed in the middle of one leaves the world as it was, and its
// lock goes with it.
//
// The world has a clock of its own: the machine's, ahead of it by as much as it was advanced, and never set back. Beside
// resources it holds tables of the data that they hold (package flow moves it): what was written into databases, the
// versions of objects, recovery points, metrics, alarms. A world that has none of these is read as before.
//
// Secret values are encrypted (AES-256-GCM) under a key of this world's own, in the file beside it with the suffix
// ".key", readable by its owner only. A copy of the world without its key holds no secret in clear.
package world
