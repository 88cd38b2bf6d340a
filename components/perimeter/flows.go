package perimeter

// party is an end of a connection.
type party string

const (
	loadBalancer party = "load-balancer" // the cell's, which writes the rules of its own group
	application  party = "application"
	database     party = "database"
	cache        party = "cache"
	files        party = "files"
	internet     party = "internet"

	quarantine party = "quarantine" // has no flow
)

// flow is a connection that is allowed: TCP to one port.
type flow struct {
	from, to party
	port     int
	// called is the end of its rules' names, for a second flow between the same two.
	called string
	why    string // its rules' description: letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*
}

// flows is all that a tenant's perimeter lets through. Names are resolved by the VPC's own resolver, which security
// groups do not filter.
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
func flows(applicationPort, webSocketPort int) []flow {
	return []flow{
		{loadBalancer, application, applicationPort, "", "Requests from the load balancer of the cell"},
		{loadBalancer, application, webSocketPort, "-websocket", "WebSockets from the load balancer of the cell"},
		{application, database, databasePort, "", "Queries of the application"},
		{application, cache, cachePort, "", "Sessions, cached values and jobs of the application"},
		{application, files, filesPort, "", "Files of the application, by NFS within TLS"},
		{application, internet, httpsPort, "", "AWS endpoints and services that processes call"},
	}
}

const (
	httpsPort    = 443
	databasePort = 3306
	cachePort    = 6379
	filesPort    = 2049
)
