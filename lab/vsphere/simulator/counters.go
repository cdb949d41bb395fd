package main

import (
	"regexp"
	"sync"
	"sync/atomic"
)

// counters are what this vCenter saw others do to it since it came up, or since they were set to nothing.
type counters struct {
	mutex       sync.Mutex
	calls       map[string]int
	seconds     map[string]float64
	faults      map[string]int
	requests    int
	bytesIn     int64
	bytesOut    int64
	logins      int
	failed      int
	logouts     int
	connections int64 // by atomic operations
	open        int64 // by atomic operations; never set to nothing
	waiting     int64 // by atomic operations; never set to nothing
}

var seen = newCounters()

func newCounters() *counters {
	return &counters{calls: map[string]int{}, seconds: map[string]float64{}, faults: map[string]int{}}
}

func (c *counters) reset() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.calls, c.seconds, c.faults = map[string]int{}, map[string]float64{}, map[string]int{}
	c.requests, c.bytesIn, c.bytesOut, c.logins, c.failed, c.logouts = 0, 0, 0, 0, 0, 0
	atomic.StoreInt64(&c.connections, 0)
}

func (c *counters) asked(method string, size int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.requests++
	c.calls[method]++
	c.bytesIn += int64(size)
}

func (c *counters) answered(method string, seconds float64, size int, fault string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.seconds[method] += seconds
	c.bytesOut += int64(size)
	switch {
	case fault != "":
		c.faults[fault]++
		if method == "Login" {
			c.failed++
		}
	case method == "Login":
		c.logins++
	case method == "Logout":
		c.logouts++
	}
}

func (c *counters) asJSON() map[string]interface{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	calls, seconds, faults := map[string]int{}, map[string]float64{}, map[string]int{}
	for k, v := range c.calls {
		calls[k] = v
	}
	for k, v := range c.seconds {
		seconds[k] = v
	}
	for k, v := range c.faults {
		faults[k] = v
	}
	return map[string]interface{}{
		"calls": calls, "server_seconds": seconds, "faults": faults, "requests": c.requests,
		"bytes_in": c.bytesIn, "bytes_out": c.bytesOut,
		"logins": c.logins, "failed_logins": c.failed, "logouts": c.logouts,
		"connections": atomic.LoadInt64(&c.connections), "connections_now": atomic.LoadInt64(&c.open),
		"waiting_now": atomic.LoadInt64(&c.waiting),
	}
}

var (
	methodShape = regexp.MustCompile(`Body[^>]*>\s*<(?:[A-Za-z0-9]+:)?([A-Za-z_0-9]+)`)
	fetchShape  = regexp.MustCompile(`(?s)<Fetch.*?type="([A-Za-z]+)".*?<prop[^>]*>([A-Za-z.]+)`)
	faultShape  = regexp.MustCompile(`<([A-Za-z]+)Fault xmlns="urn:vim25" xsi:type=`)
)

const head = 4096 // the method and the fault stand at the beginning

// methodOf names a request: a SOAP method, a property that is fetched alone, or an HTTP verb and path.
func methodOf(verb, path string, body []byte) string {
	if len(body) > head {
		body = body[:head]
	}
	found := methodShape.FindSubmatch(body)
	if found == nil {
		return verb + " " + path
	}
	name := string(found[1])
	if fetched := fetchShape.FindSubmatch(body); fetched != nil {
		name += " " + string(fetched[1]) + "." + string(fetched[2])
	}
	return name
}

func faultOf(answer []byte) string {
	if len(answer) > head {
		answer = answer[:head]
	}
	if found := faultShape.FindSubmatch(answer); found != nil {
		return string(found[1])
	}
	return "unknown"
}
