// Package world keeps everything the sandbox's clouds hold, in one bbolt file (https://pkg.go.dev/go.etcd.io/bbolt).
//
// Many plugin processes share one world. Each transaction takes a lock on the file beside it with the suffix ".lock"
// (shared to read, exclusive to write), opens the file, and closes it again before the lock goes. A transaction is all
// or nothing and on disk when it returns; a process killed in the middle of one leaves the world as it was, and its
// lock goes with it.
//
// Secret values are encrypted (AES-256-GCM) under a key of this world's own, in the file beside it with the suffix
// ".key", readable by its owner only. A copy of the world without its key holds no secret in clear.
package world
