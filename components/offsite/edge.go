package offsite

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// external is the load balancer that Google runs in its whole network.
const external = "EXTERNAL_MANAGED"

// answered is what every answer carries: browsers come by HTTPS alone for a year.
var answered = []string{"Strict-Transport-Security: max-age=31536000; includeSubDomains"}

// balance makes the load balancer: the host's paths lead to the services, by HTTPS alone. Nothing listens on port 80.
// https://cloud.google.com/load-balancing/docs/https
func (a *Application) balance() error {
	firewall, err := a.firewall()
	if err != nil {
		return fmt.Errorf("firewall: %w", err)
	}
	backends := map[string]*compute.BackendService{}
	for _, process := range []string{web, websocket} {
		if backends[process], err = a.backend(process, firewall); err != nil {
			return fmt.Errorf("%s: %w", process, err)
		}
	}
	paths, err := compute.NewURLMap(a.ctx, a.name+"-paths", &compute.URLMapArgs{
		Name:           pulumi.String(a.args.Scope.Name("paths")),
		DefaultService: backends[web].ID(),
		HostRules: compute.URLMapHostRuleArray{compute.URLMapHostRuleArgs{
			Hosts: pulumi.ToStringArray([]string{a.args.Host}), PathMatcher: pulumi.String("tenant")}},
		PathMatchers: compute.URLMapPathMatcherArray{compute.URLMapPathMatcherArgs{
			Name:           pulumi.String("tenant"),
			DefaultService: backends[web].ID(),
			PathRules: compute.URLMapPathMatcherPathRuleArray{compute.URLMapPathMatcherPathRuleArgs{
				Paths: pulumi.ToStringArray([]string{"/socket.io/*"}), Service: backends[websocket].ID()}},
		}},
	}, a.child())
	if err != nil {
		return err
	}
	return a.listen(paths)
}

// backend leads to a service. Everybody may call it who gets through to it, which is the load balancer: it signs people
// in by itself.
func (a *Application) backend(process string, firewall *compute.SecurityPolicy) (*compute.BackendService, error) {
	service := a.services[process]
	_, err := cloudrunv2.NewServiceIamMember(a.ctx, a.name+"-"+process+"-caller", &cloudrunv2.ServiceIamMemberArgs{
		Name:     service.Name,
		Location: service.Location,
		Role:     pulumi.String("roles/run.invoker"),
		Member:   pulumi.String("allUsers"),
	}, a.child())
	if err != nil {
		return nil, err
	}
	group, err := compute.NewRegionNetworkEndpointGroup(a.ctx, a.name+"-"+process+"-group",
		&compute.RegionNetworkEndpointGroupArgs{
			Name:                pulumi.String(a.args.Scope.Name(process)),
			Region:              pulumi.String(a.args.Stores.args.Region),
			NetworkEndpointType: pulumi.String("SERVERLESS"),
			CloudRun:            compute.RegionNetworkEndpointGroupCloudRunArgs{Service: service.Name},
		}, a.child())
	if err != nil {
		return nil, err
	}
	return compute.NewBackendService(a.ctx, a.name+"-"+process+"-backend", &compute.BackendServiceArgs{
		Name:                  pulumi.String(a.args.Scope.Name(process)),
		LoadBalancingScheme:   pulumi.String(external),
		Protocol:              pulumi.String("HTTPS"),
		SecurityPolicy:        firewall.SelfLink,
		CustomResponseHeaders: pulumi.ToStringArray(answered),
		Backends:              compute.BackendServiceBackendArray{compute.BackendServiceBackendArgs{Group: group.ID()}},
		LogConfig: compute.BackendServiceLogConfigArgs{
			Enable: pulumi.Bool(true), SampleRate: pulumi.Float64(1)},
	}, a.child())
}

// listen makes the one address and port, with a certificate that Google renews and suites that are forward secret.
// https://cloud.google.com/load-balancing/docs/ssl-policies-concepts
func (a *Application) listen(paths *compute.URLMap) error {
	address, err := compute.NewGlobalAddress(a.ctx, a.name+"-address", &compute.GlobalAddressArgs{
		Name: pulumi.String(a.args.Scope.Name("address")), AddressType: pulumi.String("EXTERNAL"),
	}, a.child())
	if err != nil {
		return err
	}
	certificate, err := compute.NewManagedSslCertificate(a.ctx, a.name+"-certificate", &compute.ManagedSslCertificateArgs{
		Name: pulumi.String(a.args.Scope.Name("certificate")),
		Managed: compute.ManagedSslCertificateManagedArgs{
			Domains: pulumi.ToStringArray([]string{a.args.Host})},
	}, a.child())
	if err != nil {
		return err
	}
	policy, err := compute.NewSSLPolicy(a.ctx, a.name+"-tls", &compute.SSLPolicyArgs{
		Name:          pulumi.String(a.args.Scope.Name("tls")),
		Profile:       pulumi.String("RESTRICTED"),
		MinTlsVersion: pulumi.String("TLS_1_2"),
	}, a.child())
	if err != nil {
		return err
	}
	proxy, err := compute.NewTargetHttpsProxy(a.ctx, a.name+"-proxy", &compute.TargetHttpsProxyArgs{
		Name:            pulumi.String(a.args.Scope.Name("proxy")),
		UrlMap:          paths.ID(),
		SslCertificates: pulumi.StringArray{certificate.ID().ToStringOutput()},
		SslPolicy:       policy.ID(),
	}, a.child())
	if err != nil {
		return err
	}
	_, err = compute.NewGlobalForwardingRule(a.ctx, a.name+"-listener", &compute.GlobalForwardingRuleArgs{
		Name:                pulumi.String(a.args.Scope.Name("listener")),
		LoadBalancingScheme: pulumi.String(external),
		IpAddress:           address.Address,
		IpProtocol:          pulumi.String("TCP"),
		PortRange:           pulumi.String("443"),
		Target:              proxy.ID(),
	}, a.child())
	a.Address = address.Address
	return err
}

// host makes the host's own zone, signed, with the load balancer's address and the one authority that may issue
// certificates. It answers once the host is delegated to its name servers.
// https://cloud.google.com/dns/docs/dnssec
func (a *Application) host() error {
	zone, err := dns.NewManagedZone(a.ctx, a.name+"-zone", &dns.ManagedZoneArgs{
		Name:        pulumi.String(a.args.Scope.Name("zone")),
		DnsName:     pulumi.String(a.args.Host + "."),
		Description: pulumi.String("The host of " + a.args.Scope.Tenant),
		DnssecConfig: dns.ManagedZoneDnssecConfigArgs{
			State: pulumi.String("on"),
		},
	}, a.child())
	if err != nil {
		return err
	}
	for _, record := range []struct {
		kind  string
		value pulumi.StringInput
	}{{"A", a.Address}, {"CAA", pulumi.String(`0 issue "pki.goog"`)}} {
		if _, err := dns.NewRecordSet(a.ctx, a.name+"-"+record.kind, &dns.RecordSetArgs{
			Name:        zone.DnsName,
			ManagedZone: zone.Name,
			Type:        pulumi.String(record.kind),
			Ttl:         pulumi.Int(60),
			Rrdatas:     pulumi.StringArray{record.value},
		}, a.child()); err != nil {
			return err
		}
	}
	a.NameServers = zone.NameServers
	return nil
}
