package options

import "haven/stacks/config"

// option is how an option is changed.
type option struct {
	// other is a value besides the default.
	other any
	// with are options that have to change together with it.
	with map[string]any
	// moves says why the option cannot be changed in a stack that is up without replacing data.
	moves string
	// oneWay says of each of the bases why it cannot be changed back there.
	oneWay map[string]string
}

// stackNames is a stack of each role.
var stackNames = map[config.Role]string{
	config.RoleAccount: "demo-account", config.RoleCell: "demo-cell", config.RoleMirror: "demo-mirror",
	config.RoleOffsite: "demo-acme-offsite",
	config.RoleTenant:  "demo-acme",
}

// Bases that options cannot be changed back in.
const (
	plain  = "a plain tenant" // with nothing that has to be asked for
	pooled = "a tenant with its own accounts"
	single = "a cell"
	abroad = "a tenant off site"
	large  = "a large tenant behind its own provider"
)

// Images as an off-site stack takes them.
const (
	registry = "europe-docker.pkg.dev/haven-demo-images/haven/"
	digest   = "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

// bases are settings that options are changed in.
var bases = map[config.Role]map[string]map[string]any{
	config.RoleAccount: {
		"an account": {
			"environment": "demo", "account": "123456789012", "monthlyBudgetUSD": 5000,
			"alerts": map[string]any{"critical": []string{"oncall@haven.example"}},
		},
	},
	config.RoleCell: {
		single: {
			"environment": "demo", "account": "123456789012", "domain": "demo.haven.example",
			"network": map[string]any{"cidr": "10.20.0.0/16"},
		},
	},
	config.RoleMirror: {
		"a mirror": {
			"environment": "demo", "project": "haven-demo-mirror", "cells": []string{"demo-cell"},
			"alerts": map[string]any{"critical": []string{"oncall@haven.example"}},
		},
	},
	config.RoleOffsite: {
		abroad: {
			"environment": "demo", "project": "haven-demo-acme", "host": "acme.offsite.haven.example",
			"mirror": map[string]any{"project": "haven-demo-mirror", "bucket": "demo-mirror-haven-demo-mirror"},
			"dump":   "tenants/acme/dumps/20261121T220000Z", "dumpImage": registry + "dump" + digest, "serving": true,
			"application": map[string]any{"image": registry + "processmaker" + digest},
			"alerts":      map[string]any{"critical": []string{"oncall@haven.example"}},
		},
	},
	config.RoleTenant: {
		plain: {
			"cell": "demo-cell", "slot": 1, "application": map[string]any{"image": "haven/processmaker:4.15"},
		},
		pooled: {
			"cell": "demo-cell", "slot": 1, "application": map[string]any{"image": "haven/processmaker:4.15"},
			"identity": map[string]any{"mode": "password", "noticesFrom": sender},
		},
		large: {
			"cell": "demo-cell", "slot": 1, "application": map[string]any{"image": "haven/processmaker:4.15"},
			"tier": "critical", "standby": "demo-standby",
			"identity": map[string]any{
				"mode": "saml", "ssoOnly": true, "metadataURL": "https://login.acme.example/metadata",
			},
		},
	},
}

// Reasons why an option moves a stack: it is another one afterwards.
const (
	another = "the stack would be another one; validation refuses a name that does not begin with its environment"
	place   = "everything would lie somewhere else: that is another stack, and the data moves by recovery"
	newCell = "documented: it cannot be changed without a new cell"
	// itsReplica: RDS keeps no password for a database that has a replica, so the replica goes first, and on its own.
	itsReplica = "the replica goes with the tier; its deletion protection refuses"
	// itsReports: AWS Backup delivers its reports with a role of the account.
	itsReports = "the reports on its backups go with its account; the bucket refuses while it holds any"
	beside     = "a tenant that is brought back is another stack, beside the one whose data it is"
	itsData    = "the generation would go with all that was written to it; its protection refuses"
	furtherOn  = "the first generation has no source and none before it"
	noPool     = "a pool's accounts go with it; its deletion protection refuses"
)

// on is a reason on each of some bases.
func on(reason string, bases ...string) map[string]string {
	reasons := map[string]string{}
	for _, base := range bases {
		reasons[base] = reason
	}
	return reasons
}

// What some options of signing in need.
var (
	password = map[string]any{"identity.mode": "password", "identity.metadataURL": nil, "identity.noticesFrom": sender}
	saml     = map[string]any{"identity.mode": "saml", "identity.ssoOnly": false, "identity.noticesFrom": nil,
		"identity.metadataURL": "https://login.acme.example/metadata"}
	oidc = map[string]any{
		"identity.mode": "oidc", "identity.metadataURL": nil, "identity.noticesFrom": nil, "identity.issuer": "https://login.acme.example",
		"identity.clientID":        "haven",
		"identity.clientSecretARN": secret + "acme-AbCdEf",
	}
	broughtBack = map[string]any{
		"data.from.generation": 1, "data.quarantined": []int{1},
		"data.from.dump": "tenants/acme/dumps/20261122T010000Z/manifest.json",
	}
	releasing = map[string]any{
		"data.generation": 2, "data.from.generation": 1, "data.quarantined": []int{1},
		"data.from.dump": "tenants/acme/dumps/20261122T010000Z/manifest.json", "data.releasedAt": "2026-11-29T10:00:00Z",
	}
	replicated = map[string]any{"standby": "demo-standby"}
	critical   = map[string]any{"tier": "critical", "standby": "demo-standby"}
	leaving    = map[string]any{"state": "leaving"}
	runner     = map[string]any{
		"application.scripts.baseURL": "https://runner.example", "application.scripts.callbackPath": "/api/1.0/results",
		"application.scripts.tokenURL":  "https://login.acme.example/token",
		"application.scripts.secretARN": secret + "scripts-AbCdEf",
	}
)

const recipient = "age122af0xkmw9c3qfkhwx064jjzujmpts42s2m0n5nxvfjpp2d4ryjs4cdmep"

const sender = "arn:aws:ses:eu-west-1:123456789012:identity/haven.example"

const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:"

var script = map[string]any{"name": "report", "scopes": []string{"requests.read"}}

// pair are two of Google Cloud's regions.
var pair = []string{"EUROPE-NORTH1", "EUROPE-WEST1"}

// options are all of them, by role and path.
var options = map[config.Role]map[string]option{
	config.RoleAccount: {
		"environment":      {other: "test", moves: another},
		"production":       {other: true},
		"owner":            {other: "Team 7"},
		"account":          {other: "210987654321", moves: place},
		"region":           {other: "eu-west-2", moves: place},
		"recoveryRegion":   {other: "eu-west-3", moves: place},
		"organizationID":   {other: "o-abcdefghij"},
		"logRetentionDays": {other: 731},
		"alerts.critical":  {other: []string{"night@haven.example"}},
		"alerts.warning":   {other: []string{"day@haven.example"}},
		"alerts.info":      {other: []string{"archive@haven.example"}},
		"monthlyBudgetUSD": {other: 9000},
		"databases":        {other: 200},
		"operators":        {other: []string{"arn:aws:iam::123456789012:role/engineers"}},
	},
	config.RoleCell: {
		"environment":                {other: "test", moves: another},
		"production":                 {other: true},
		"owner":                      {other: "Team 7"},
		"account":                    {other: "210987654321", moves: place},
		"region":                     {other: "eu-west-2", moves: place},
		"recoveryRegion":             {other: "eu-west-3", moves: place},
		"domain":                     {other: "test.haven.example", moves: "its hosts would be others, and its zone"},
		"network.cidr":               {other: "10.21.0.0/16", moves: newCell},
		"network.zones":              {other: []string{"eu-west-1c", "eu-west-1b", "eu-west-1a"}, moves: newCell},
		"network.interfaceEndpoints": {other: []string{"kms"}},
		"firewall.blockList":         {other: []string{"203.0.113.0/24"}},
		"firewall.allowList":         {other: []string{"198.51.100.7/32"}},
		"firewall.rateLimit":         {other: 100},
		"maintenance.window":         {other: "sat:22:00-sun:00:00"},
		"maintenance.backupWindow":   {other: "22:00-23:30"},
		"standby":                    {other: true, moves: place, with: map[string]any{"primary": "demo-first"}},
		"primary":                    {other: "demo-first", moves: place, with: map[string]any{"standby": true}},
		"backup.image":               {other: "haven/dump:2"},
		"backup.recipients":          {other: []string{recipient}},
		"backup.retentionDays":       {other: 800},
		"logRetentionDays":           {other: 731},
		"slots":                      {other: 5},
		"alerts":                     {other: "demo-account", oneWay: on(itsReports, single)},
		"monthlyBudgetUSD": {other: 9000, with: map[string]any{"alerts": "demo-account"},
			oneWay: on(itsReports, single)},
	},
	config.RoleMirror: {
		"environment":     {other: "test", moves: another},
		"production":      {other: true},
		"owner":           {other: "Team 7"},
		"project":         {other: "haven-test-mirror", moves: place},
		"location":        {other: "EU", moves: place, with: map[string]any{"regions": pair}},
		"regions":         {other: pair, moves: place, with: map[string]any{"location": "EU"}},
		"cells":           {other: []string{"demo-cell", "demo-standby"}},
		"retentionDays":   {other: 400},
		"locked":          {other: false},
		"softDeleteDays":  {other: 90},
		"alerts.critical": {other: []string{"night@haven.example"}},
		"alerts.warning":  {other: []string{"day@haven.example"}},
	},
	config.RoleOffsite: {
		"environment":          {other: "test", moves: another},
		"owner":                {other: "Team 7"},
		"tenant":               {other: "globex", moves: another},
		"tier":                 {other: "critical"},
		"project":              {other: "haven-test-acme", moves: place},
		"region":               {other: "europe-north1", moves: place},
		"host":                 {other: "acme.elsewhere.haven.example"},
		"mirror.project":       {other: "haven-test-mirror", moves: "what may be read would lie in another project"},
		"mirror.bucket":        {other: "demo-mirror-of-others"},
		"dump":                 {other: "tenants/acme/dumps/20261122T220000Z"},
		"dumpImage":            {other: registry + "dump:2" + digest},
		"application.image":    {other: registry + "processmaker:5" + digest},
		"application.passport": {other: true, oneWay: on("the keys' secrets go with it", abroad)},
		"database.storageGiB":  {other: 200},
		"alerts.critical":      {other: []string{"night@haven.example"}},
		"alerts.warning":       {other: []string{"day@haven.example"}},
		"serving":              {other: false},
	},
	config.RoleTenant: {
		"name":                              {other: "acme-corp"},
		"cell":                              {other: "demo-other", moves: place},
		"slot":                              {other: 7},
		"host":                              {other: "bpm.demo.haven.example"},
		"tier":                              {other: "critical", with: replicated, oneWay: on(itsReplica, plain, pooled)},
		"standby":                           {other: "demo-standby", with: critical, oneWay: on(itsReplica, plain, pooled)},
		"mirror":                            {other: "demo-mirror"},
		"state":                             {other: "suspended"},
		"deletionDate":                      {other: "2027-03-31", with: leaving},
		"wave":                              {other: 0},
		"monthlyBudgetUSD":                  {other: 900},
		"maintenancePage":                   {other: true},
		"identity.mode":                     {other: "password", with: password, oneWay: on(noPool, plain)},
		"identity.ssoOnly":                  {other: true, with: password, oneWay: on(noPool, plain)},
		"identity.sessionHours":             {other: 24},
		"identity.metadataURL":              {other: "https://sso.acme.example/metadata", with: saml, oneWay: on(noPool, plain)},
		"identity.issuer":                   {other: "https://sso.acme.example", with: oidc, oneWay: on(noPool, plain)},
		"identity.clientID":                 {other: "haven-acme", with: oidc, oneWay: on(noPool, plain)},
		"identity.clientSecretARN":          {other: secret + "new-AbCdEf", with: oidc, oneWay: on(noPool, plain)},
		"identity.noticesFrom":              {other: sender + "/other", with: password, oneWay: on(noPool, plain)},
		"identity.scripts":                  {other: []any{script}, with: saml, oneWay: on(noPool, plain)},
		"database.instanceClass":            {other: "db.m7g.xlarge"},
		"database.storageGiB":               {other: 50},
		"database.maxStorageGiB":            {other: 300},
		"database.backupRetentionDays":      {other: 7},
		"database.backupWindow":             {other: "05:00-06:00"},
		"database.maintenanceWindow":        {other: "mon:07:00-mon:08:00"},
		"database.replica":                  {other: "released", with: critical, oneWay: on(itsReplica, plain, pooled)},
		"cache.nodeType":                    {other: "cache.m7g.xlarge"},
		"cache.snapshotRetentionDays":       {other: 14},
		"cache.snapshotWindow":              {other: "06:00-07:00"},
		"cache.maintenanceWindow":           {other: "mon:08:00-mon:09:00"},
		"cache.tokenRotation":               {other: 1},
		"application.image":                 {other: "haven/processmaker:4.16"},
		"application.adminEmail":            {other: "boss@acme.example"},
		"application.scripts.baseURL":       {other: "https://scripts.example", with: runner},
		"application.scripts.tokenURL":      {other: "https://sso.acme.example/token", with: runner},
		"application.scripts.callbackPath":  {other: "/api/1.1/results", with: runner},
		"application.scripts.secretARN":     {other: secret + "runner-AbCdEf", with: runner},
		"application.web.cpu":               {other: 4096, with: map[string]any{"application.web.memoryMiB": 8192}},
		"application.web.memoryMiB":         {other: 5120},
		"application.web.min":               {other: 4},
		"application.web.max":               {other: 12},
		"application.worker.cpu":            {other: 4096, with: map[string]any{"application.worker.memoryMiB": 8192}},
		"application.worker.memoryMiB":      {other: 5120},
		"application.worker.min":            {other: 4},
		"application.worker.max":            {other: 12},
		"application.websocket.cpu":         {other: 4096, with: map[string]any{"application.websocket.memoryMiB": 8192}},
		"application.websocket.memoryMiB":   {other: 3072},
		"application.websocket.min":         {other: 4},
		"application.websocket.max":         {other: 12},
		"application.scheduler.cpu":         {other: 4096, with: map[string]any{"application.scheduler.memoryMiB": 8192}},
		"application.scheduler.memoryMiB":   {other: 3072},
		"data.generation":                   {other: 2, with: broughtBack, oneWay: on(itsData, plain, pooled, large)},
		"data.from.generation":              {other: 1, moves: furtherOn},
		"data.from.at":                      {other: "2026-11-22T10:00:00Z", moves: furtherOn},
		"data.from.snapshot":                {other: "arn:aws:rds:eu-west-1:123456789012:snapshot:acme", moves: furtherOn},
		"data.from.dump":                    {other: "tenants/acme/dumps/20261122T010000Z/manifest.json", moves: furtherOn},
		"data.quarantined":                  {other: []int{1}, moves: furtherOn},
		"data.released":                     {other: []int{1}, with: releasing, oneWay: on(itsData, plain, pooled, large)},
		"data.releasedAt":                   {other: "2026-11-29T10:00:00Z", moves: furtherOn},
		"restore.of":                        {moves: beside},
		"restore.mode":                      {moves: beside},
		"restore.certificateARN":            {moves: beside},
		"restore.copies":                    {moves: beside},
		"restore.database.snapshot":         {moves: beside},
		"restore.database.automatedBackup":  {moves: beside},
		"restore.database.instance":         {moves: beside},
		"restore.database.replica":          {moves: beside},
		"restore.database.address":          {moves: beside},
		"restore.database.clientsGroupID":   {moves: beside},
		"restore.database.dump":             {moves: beside},
		"restore.database.at":               {moves: beside},
		"restore.database.keyARN":           {moves: beside},
		"restore.files.dump":                {moves: beside},
		"restore.archive.bucket":            {moves: beside},
		"restore.archive.keyARN":            {moves: beside},
		"restore.secrets.keyARN":            {moves: beside},
		"restore.secrets.applicationKeyARN": {moves: beside},
		"restore.secrets.databaseARN":       {moves: beside},
	},
}
