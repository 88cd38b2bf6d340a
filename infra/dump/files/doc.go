// Package files packs a folder that is in use into a tar stream, and unpacks it into another.
//
// Folders, regular files and symbolic links are kept with their modes and times; sockets, pipes and devices are left
// out, and said. A link is packed as a link, wherever it points, and nothing outside the folder is read or written.
//
// The folder need not be still. A file that vanishes before it is read is left out; one that grows is packed as long
// as it was when it was opened, one that shrinks is filled up with zeros to that length. Both are said: an
// application's own later writes are in the next dump.
//
// What is unpacked belongs to whoever unpacks it. Zeros are not written, so that a sparse file stays sparse.
package files
