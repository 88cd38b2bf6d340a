// Package addresses reports which addresses reached a tenant, for an incident report: all of them, those that are no
// host's on the internet, and those on the cell's block list.
//
// Against a real account the answer comes from the queries that each cell has saved in Athena: Question.Athena runs
// them, Question.Commands are the same for a shell. Of the logs that the sandbox holds, Of answers the same in the same
// words.
package addresses
