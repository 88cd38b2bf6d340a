// Package exceptions is who has accepted which failure of a rule, why, and until when.
//
// The file is strict, as what it says stands between a failure and a refusal: an unknown field, a missing reason or a
// misspelt rule is an error, and all of them are told at once. An exception that has expired, or that nothing needs any
// more, is a failure itself.
package exceptions
