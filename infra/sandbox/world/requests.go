package world

import (
	"encoding/json"
	"time"
)

// requestsBucket keeps lines of request logs. A world has it once there is any: it came later than the others, and
// the file's layout is the same for what knows nothing of it.
var requestsBucket = []byte("requests")

// Log is the log that a request stands in. Most stand in both.
type Log string

const (
	// BalancerLog is a load balancer's access log, FirewallLog that of a web application firewall.
	BalancerLog Log = "load-balancer"
	FirewallLog Log = "firewall"
)

// Request is what one line of a request log says.
type Request struct {
	Log Log `json:"log"`
	// ID is what tells the line from all others of its host and time.
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
	// Host is what was asked, in small letters and without a port; "" where the client named none.
	Host string `json:"host"`
	// Client is the address that the request came from, as the log says it.
	Client string `json:"client"`
	// Status is the HTTP status that was answered, 0 where the log does not say.
	Status int `json:"status"`
	// Action is what the firewall did, "ALLOW" or "BLOCK", and Rule the name of the rule by which; both are of the
	// FirewallLog.
	Action string `json:"action,omitempty"`
	Rule   string `json:"rule,omitempty"`
}

// instant is a time as keys hold it, so that their order is that of the times.
const instant = "2006-01-02T15:04:05.000000000Z"

func (r Request) key() []byte {
	return []byte(r.Host + partEnd + r.Time.UTC().Format(instant) + partEnd + string(r.Log) + partEnd + r.ID)
}

// PutRequest keeps a line of a request log. One that is there already is not kept twice.
func (t *Tx) PutRequest(r Request) error {
	kept, err := t.tx.CreateBucketIfNotExists(requestsBucket)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return kept.Put(r.key(), raw)
}

// Requests are the lines kept of requests to a host, from a time on until before another, in their order.
func (t *Tx) Requests(host string, from, until time.Time) []Request {
	var found []Request
	if t.tx == nil || t.tx.Bucket(requestsBucket) == nil {
		return nil
	}
	t.scan(requestsBucket, host+partEnd, func(_, raw []byte) bool {
		var r Request
		if err := json.Unmarshal(raw, &r); err != nil {
			return t.fail(err)
		}
		if !r.Time.Before(from) && r.Time.Before(until) {
			found = append(found, r)
		}
		return r.Time.Before(until)
	})
	return found
}
