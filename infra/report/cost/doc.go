// Package cost estimates what the stacks of an environment cost in a month on AWS, from what they declare and a price
// table of its own: prices.csv, list prices on demand in one region, without tax, discounts and free allowances, each
// with its date and the public page that has the price of today. It is an estimate and no quotation: what is charged by
// use is named and left out, and so is every type that it has no price for.
//
// A month is 730 hours, as in AWS's own calculator: https://docs.aws.amazon.com/pricing-calculator/latest/userguide/
package cost
