// Package partial lets a preview show as much of a document as is known.
//
// An Output that is made from several others is unknown, as a whole, for as long as one of them is: the whole policy of
// a role, for instance, because of the ARN of one bucket that is yet to be made. Where a document is written from values
// of this package, such a value stands in it as [Unknown], which is how Pulumi itself writes an unknown string, so that
// people and policies see the rest of it. It is for documents that providers take as text and look into no further than
// their grammar. Outside of a preview every value is known, and nothing here does anything.
//
// https://www.pulumi.com/docs/iac/concepts/inputs-outputs/#outputs-and-previews
package partial
