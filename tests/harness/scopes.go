package harness

import "haven/components/naming"

// AccountScope is that of the demo's account.
func AccountScope() naming.Scope {
	return naming.Scope{Environment: "demo", Stack: "demo-account", Cell: "demo-account", Owner: "platform"}
}

// CellScope is that of the demo's cell.
func CellScope() naming.Scope {
	return naming.Scope{Environment: "demo", Stack: "demo-cell", Cell: "demo-cell", Owner: "platform"}
}

// TenantScope is that of a tenant of the demo's cell.
func TenantScope() naming.Scope {
	return naming.Scope{Environment: "demo", Stack: "demo-acme", Cell: "demo-cell", Tenant: "acme", Owner: "platform"}
}
