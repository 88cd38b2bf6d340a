package cost

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"haven/stacks/config"
)

// Report is what an environment costs in a month. `--json` prints it.
type Report struct {
	Environment string `json:"environment"`
	// Label says what the figures are: "estimate, prices of 2025-06-30 in eu-west-1".
	Label    string `json:"label"`
	Source   string `json:"source"` // where the stacks were read: "the sandbox's state"
	Month    string `json:"month"`  // the one that is estimated, "2026-11"
	Currency string `json:"currency"`
	// Total is of all stacks, in Currency.
	Total       float64     `json:"total"`
	Stacks      []StackCost `json:"stacks"`
	Missing     []string    `json:"missing"` // stacks of the environment that are not there, nor in the total
	Assumptions []string    `json:"assumptions"`
}

// StackCost is what one stack costs in a month.
type StackCost struct {
	Stack string `json:"stack"`
	Role  string `json:"role"` // "account", "cell" or "tenant"
	// Total is that of Items.
	Total float64 `json:"total"`
	Items []Item  `json:"items"` // the largest first
	// ByUse are the types that are charged by use, NotPriced what there is no price for; neither is in the total.
	ByUse     []Unestimated `json:"byUse"`
	NotPriced []Unestimated `json:"notPriced"`
}

// Item is what all resources of a stack together take of one row of the price table.
type Item struct {
	Service  string  `json:"service"`
	Item     string  `json:"item"`
	Quantity float64 `json:"quantity"`
	Unit     string  `json:"unit"`
	Price    float64 `json:"price"` // of one unit
	Cost     float64 `json:"cost"`
}

// Unestimated is what is in no total.
type Unestimated struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
	Why   string `json:"why"`
}

// Estimate estimates that month of the stacks of an environment, in its order.
func Estimate(environment *config.Environment, source Source, month time.Time) Report {
	date, region := pricesOf()
	report := Report{
		Environment: environment.Name,
		Source:      source.Name,
		Label:       fmt.Sprintf("estimate, prices of %s in %s", date, region),
		Month:       month.UTC().Format("2006-01"),
		Currency:    "USD",
		Missing:     []string{},
		Assumptions: assumptions(region),
	}
	for _, member := range environment.Stacks {
		at := slices.IndexFunc(source.Stacks, func(stack Stack) bool { return stack.Name == member.Name })
		if at < 0 {
			report.Missing = append(report.Missing, member.Name)
			continue
		}
		cost := stackCost(source.Stacks[at], report.Month)
		report.Stacks = append(report.Stacks, cost)
		report.Total = cents(report.Total + cost.Total)
	}
	return report
}

func assumptions(region string) []string {
	return []string{
		fmt.Sprintf("a month of %d hours, on demand, without tax, discounts and free allowances", hoursOfMonth),
		"the prices of " + region + " stand for those of all regions",
		"services run the tasks that are declared, and do not scale",
		fmt.Sprintf("%d GiB of files in each file system, %d GiB of images in each repository", filesGiB, imagesGiB),
		fmt.Sprintf("each log group takes in %d GiB a month and keeps it as long as it is declared to", logGiB),
		"traffic, requests, backups and capacity units are charged by use and not estimated",
	}
}

// estimate is what the rules may need to know besides the resource.
type estimate struct {
	month string
	// tasks are the task definitions by their ARNs.
	tasks map[string]resource
}

func stackCost(stack Stack, month string) StackCost {
	e := estimate{month: month, tasks: map[string]resource{}}
	var there []resource
	cost := StackCost{Stack: stack.Name}
	for _, r := range stack.Resources {
		kind := string(r.Type)
		if role, root := strings.CutPrefix(kind, "haven:stacks:"); root {
			cost.Role = strings.ToLower(role)
		}
		if !r.Custom || r.External || r.Delete || strings.HasPrefix(kind, "pulumi:") {
			continue
		}
		if kind == "aws:ecs/taskDefinition:TaskDefinition" {
			e.tasks[resource{r}.text("arn")] = resource{r}
		}
		there = append(there, resource{r})
	}
	cost.sum(e, there)
	return cost
}

// sum adds up what the resources take.
func (c *StackCost) sum(e estimate, resources []resource) {
	items, byUse, notPriced := map[priced]Item{}, tally{}, tally{}
	for _, r := range resources {
		kind := string(r.Type)
		rule, known := rules[kind]
		if !known {
			switch other, listed := unpricedTypes()[kind]; {
			case !listed:
				notPriced.add(kind, "a type without a price")
			case other.byUse:
				byUse.add(kind, other.why)
			}
			continue
		}
		for _, use := range rule(e, r) {
			key := priced{use.service, use.item}
			price, found := priceTable()[key]
			if !found {
				notPriced.add(kind, fmt.Sprintf("no price for %s, %s", use.service, use.item))
				continue
			}
			item := items[key]
			items[key] = Item{
				Service: price.Service, Item: price.Item, Unit: price.Unit, Price: price.USD,
				Quantity: item.Quantity + use.quantity,
			}
		}
	}
	c.Items, c.ByUse, c.NotPriced = c.largest(items), byUse.list(), notPriced.list()
}

// largest completes the items that are taken any of, and the total.
func (c *StackCost) largest(items map[priced]Item) []Item {
	list := []Item{}
	for item := range maps.Values(items) {
		if item.Quantity > 0 {
			item.Quantity = cents(item.Quantity)
			item.Cost = cents(item.Quantity * item.Price)
			c.Total = cents(c.Total + item.Cost)
			list = append(list, item)
		}
	}
	slices.SortFunc(list, func(a, b Item) int {
		return cmp.Or(cmp.Compare(b.Cost, a.Cost), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Item, b.Item))
	})
	return list
}

func cents(amount float64) float64 { return math.Round(amount*100) / 100 }

// tally counts what is not estimated.
type tally map[Unestimated]int

func (t tally) add(kind, why string) { t[Unestimated{Type: kind, Why: why}]++ }

func (t tally) list() []Unestimated {
	list := []Unestimated{}
	for one, count := range t {
		one.Count = count
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Unestimated) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Why, b.Why))
	})
	return list
}
