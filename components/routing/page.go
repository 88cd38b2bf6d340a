package routing

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Page is what is shown in place of a tenant.
type Page string

// The pages. Each is answered with status 503, so that nobody takes it for the tenant's own.
const (
	// Maintenance is for work that ends.
	Maintenance Page = "maintenance"
	// Suspended is for a tenant whose services are off.
	Suspended Page = "suspended"
)

// pages are each page's heading and text.
var pages = map[Page][2]string{
	Maintenance: {"Down for maintenance", "We are working on this site and will be back soon. Your data is safe."},
	Suspended: {"This site is suspended", "Its data is kept. If you administer it, please get in touch with your " +
		"contact to have it opened again."},
}

// pageHTML is a whole page: a load balancer answers with 1,024 characters at most, and nothing else answers for the
// host.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html
const pageHTML = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>%[1]s</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}</style>
</head>
<body>
<main>
<h1>%[1]s</h1>
<p>%[2]s</p>
</main>
</body>
</html>
`

func (p Page) html() string { return fmt.Sprintf(pageHTML, pages[p][0], pages[p][1]) }

// page answers every request for the host itself, where there is a page, and is what the rules behind it wait for.
func (r *Routing) page(ctx *pulumi.Context, name string, args Args) (pulumi.ResourceOption, error) {
	if args.Page == "" {
		return pulumi.DependsOn(nil), nil
	}
	made, err := r.rule(ctx, name+"-page-rule", args, rule{
		part:     "page",
		priority: Priority(args.Slot) - pageAhead,
		actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
			Type: pulumi.String("fixed-response"),
			FixedResponse: lb.ListenerRuleActionFixedResponseArgs{
				StatusCode:  pulumi.String("503"),
				ContentType: pulumi.String("text/html"),
				MessageBody: pulumi.String(args.Page.html()),
			},
		}},
	})
	if err != nil {
		return nil, err
	}
	return pulumi.DependsOn([]pulumi.Resource{made}), nil
}
