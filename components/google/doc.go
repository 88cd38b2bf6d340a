// Package google is what every stack in Google Cloud has in common: the services of its project, the log of every call
// to them, labels, and alarms.
//
// It owns nothing: what it makes are parts of whoever asks.
package google
