// Package spending owns what tells people that an account costs more than it should: one component per account.
//
// It guarantees that a month's costs are told when they reach, or by AWS's forecast will reach, 80 and 100 % of the
// budget, and each unusual rise of a service's costs of a twentieth of the budget or more as soon as AWS sees it.
// Nothing is ever stopped: customers come before costs.
//
// AWS updates costs up to three times a day, and an account has one monitor of its services: where AWS has made one by
// itself ("Default-Services-Monitor"), delete it before the first update.
//
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
// https://docs.aws.amazon.com/cost-management/latest/userguide/manage-ad.html
package spending
