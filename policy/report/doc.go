// Package report writes what a run of the policies found: for people, and as JSON, SARIF and JUnit.
package report
