package main

import (
	"fmt"
	"math/rand"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// affliction is one fault of the wire: what it does, to which calls, and how often still.
type affliction struct {
	Kind   string  `json:"kind"`
	Method string  `json:"method"`       // only this one; empty is every call
	Where  string  `json:"where"`        // of hang and cut: "connect", "request" or "answer"
	Times  int     `json:"times"`        // how many calls; 0 is until it is lifted
	Fault  string  `json:"fault"`        // of soap-fault: its type
	Millis int     `json:"milliseconds"` // of slow: between two pieces of an answer
	Share  float64 `json:"share"`        // of the calls, by chance; 0 is all of them
	lifted chan struct{}
}

var kindsOfFault = []string{"hang", "cut", "reset", "unavailable", "garbage", "truncate", "slow", "soap-fault", "refuse", "wrong-certificate"}

// trouble holds the faults that this vCenter has right now, and the delays before its answers.
type trouble struct {
	mutex  sync.Mutex
	faults []*affliction
	delay  time.Duration
	delays map[string]time.Duration
}

var ills = &trouble{delays: map[string]time.Duration{}}

func (t *trouble) add(a *affliction) error {
	if !contains(kindsOfFault, a.Kind) {
		return fmt.Errorf("no fault %q; there are %s", a.Kind, strings.Join(kindsOfFault, ", "))
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	a.lifted = make(chan struct{})
	t.faults = append(t.faults, a)
	return nil
}

// lift ends every fault; what hangs goes on.
func (t *trouble) lift() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, a := range t.faults {
		close(a.lifted)
	}
	t.faults = nil
}

// strike gives the fault that a call meets; one that is limited has been used up once more.
func (t *trouble) strike(method string) *affliction {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for i, a := range t.faults {
		if a.Kind == "refuse" || a.Kind == "wrong-certificate" || a.Method != "" && a.Method != method {
			continue
		}
		if a.Share > 0 && rand.Float64() >= a.Share {
			continue
		}
		if a.Times == 1 {
			t.faults = append(t.faults[:i:i], t.faults[i+1:]...)
		} else if a.Times > 1 {
			a.Times--
		}
		return a
	}
	return nil
}

// has gives a fault of the door itself.
func (t *trouble) has(kind, where string) *affliction {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, a := range t.faults {
		if a.Kind == kind && a.Where == where {
			return a
		}
	}
	return nil
}

func (t *trouble) wait(method string) {
	t.mutex.Lock()
	wait := t.delay + t.delays[method]
	t.mutex.Unlock()
	time.Sleep(wait)
}

// beforeAnswer does what a fault does to a request; it says whether anything is left to answer.
func (a *affliction) beforeAnswer(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case a.Kind == "hang" && a.Where != "answer":
		a.hold(r)
		return false
	case a.Kind == "cut" && a.Where == "request":
		drop(w, false)
		return false
	case a.Kind == "reset":
		drop(w, true)
		return false
	case a.Kind == "unavailable":
		// As the proxy in front of a vCenter says it while the service behind starts.
		http.Error(w, "503 Service Unavailable (Failed to connect to endpoint: [N7Vmacore4Http20NamedPipeServiceSpecE] _serverNamespace = / )", http.StatusServiceUnavailable)
		return false
	case a.Kind == "garbage":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!DOCTYPE html><html><head><title>Login</title></head><body><br>Please log in</body></html>")
		return false
	case a.Kind == "soap-fault":
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, soapFault, "The operation failed", a.Fault, a.Fault, a.Fault)
		return false
	}
	return true
}

const soapFault = `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>%s</faultstring><detail><%sFault xmlns="urn:vim25" xsi:type="%s"></%sFault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`

// send writes an answer as the fault lets it through.
func (a *affliction) send(w http.ResponseWriter, r *http.Request, answer []byte) {
	half := answer[:len(answer)/2]
	switch a.Kind {
	case "hang":
		write(w, half)
		a.hold(r)
	case "cut":
		write(w, half)
		drop(w, false)
	case "truncate":
		write(w, half)
	case "slow":
		for start := 0; start < len(answer); start += len(answer)/10 + 1 {
			end := start + len(answer)/10 + 1
			if end > len(answer) {
				end = len(answer)
			}
			write(w, answer[start:end])
			select {
			case <-time.After(time.Duration(a.Millis) * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
	default:
		write(w, answer)
	}
}

// hold keeps silent until the other side gives up or the fault is lifted.
func (a *affliction) hold(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-a.lifted:
	}
}

func write(w http.ResponseWriter, piece []byte) {
	_, _ = w.Write(piece)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

// drop closes the connection in the middle of everything, by a reset when asked to.
func drop(w http.ResponseWriter, reset bool) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if reset {
		abort(conn)
	}
	_ = conn.Close()
}

func abort(conn net.Conn) {
	type wrapped interface{ NetConn() net.Conn }
	if tls, ok := conn.(wrapped); ok {
		conn = tls.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
}

func contains(list []string, wanted string) bool {
	for _, each := range list {
		if each == wanted {
			return true
		}
	}
	return false
}
