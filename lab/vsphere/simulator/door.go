package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// door is where clients come in: TLS on one address, counted, with the faults that it was given.
type door struct {
	address string
	inner   http.Handler
	own     tls.Certificate
	other   *tls.Certificate // somebody else's
	server  *http.Server
	mutex   sync.Mutex
	conns   map[net.Conn]struct{}
	ears    net.Listener
}

func newDoor(address, certificate, wrong string, inner http.Handler) (*door, error) {
	own, err := tls.LoadX509KeyPair(certificate, certificate)
	if err != nil {
		return nil, err
	}
	d := &door{address: address, inner: inner, own: own, conns: map[net.Conn]struct{}{}}
	if wrong != "" {
		other, err := tls.LoadX509KeyPair(wrong, wrong)
		if err != nil {
			return nil, err
		}
		d.other = &other
	}
	d.server = &http.Server{
		Handler:   d,
		ConnState: d.follow,
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: d.certificate},
		// vCenter speaks HTTP/1.1 to what speaks SOAP.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		ErrorLog:     log.New(io.Discard, "", 0),
	}
	return d, nil
}

func (d *door) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if d.other != nil && ills.has("wrong-certificate", "") != nil {
		return d.other, nil
	}
	return &d.own, nil
}

// open listens; a door that listens already stays as it is.
func (d *door) open() error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.ears != nil {
		return nil
	}
	ears, err := net.Listen("tcp", d.address)
	if err != nil {
		return err
	}
	d.address, d.ears = ears.Addr().String(), ears
	go func() { _ = d.server.Serve(tls.NewListener(&silentListener{ears}, d.server.TLSConfig)) }()
	return nil
}

// shut stops listening; the connections that are open stay.
func (d *door) shut() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.ears != nil {
		_ = d.ears.Close()
		d.ears = nil
	}
}

// cut breaks every connection off and says how many there were.
func (d *door) cut() int {
	d.mutex.Lock()
	conns := make([]net.Conn, 0, len(d.conns))
	for c := range d.conns {
		conns = append(conns, c)
	}
	d.mutex.Unlock()
	for _, c := range conns {
		abort(c)
	}
	return len(conns)
}

func (d *door) follow(c net.Conn, state http.ConnState) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	switch state {
	case http.StateNew:
		d.conns[c] = struct{}{}
		atomic.AddInt64(&seen.connections, 1)
		atomic.AddInt64(&seen.open, 1)
	case http.StateClosed, http.StateHijacked:
		if _, known := d.conns[c]; known {
			delete(d.conns, c)
			atomic.AddInt64(&seen.open, -1)
		}
	}
}

// silentListener accepts and never says a word while the door has the fault of it.
type silentListener struct{ net.Listener }

func (l *silentListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		fault := ills.has("hang", "connect")
		if fault == nil {
			return conn, nil
		}
		go func() {
			<-fault.lifted
			_ = conn.Close()
		}()
	}
}

func (d *door) close() {
	d.shut()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_ = d.server.Shutdown(ctx)
	_ = d.server.Close()
}

// answer keeps what the simulator says until it is known how much of it gets through.
type answer struct {
	http.ResponseWriter
	status int
	text   bytes.Buffer
}

func (a *answer) WriteHeader(status int)          { a.status = status }
func (a *answer) Write(piece []byte) (int, error) { return a.text.Write(piece) }

// ServeHTTP counts a call, waits as long as it was told to, and answers.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	method := methodOf(r.Method, r.URL.Path, body)
	seen.asked(method, len(body))
	ills.wait(method)
	fault := ills.strike(method)
	if fault != nil && !fault.beforeAnswer(w, r) {
		return
	}
	release(method)
	if !allowed(w, r) {
		return
	}
	kept := &answer{ResponseWriter: w, status: http.StatusOK}
	from := time.Now()
	d.look(kept, r)
	name := ""
	if kept.status == http.StatusInternalServerError {
		name = faultOf(kept.text.Bytes())
	}
	text := asWritten(kept.text.Bytes())
	seen.answered(method, time.Since(from).Seconds(), len(text), name)
	if kept.Header().Get("Content-Type") == "" {
		kept.Header().Set("Content-Type", "text/xml; charset=utf-8")
	}
	w.WriteHeader(kept.status)
	if fault != nil {
		fault.send(w, r, text)
		return
	}
	_, _ = w.Write(text)
}

// look answers while nobody changes anything; waiting for updates lets go of the world for as long as it waits.
func (d *door) look(w http.ResponseWriter, r *http.Request) {
	world.RLock()
	defer world.RUnlock()
	d.inner.ServeHTTP(w, r)
}

var (
	declared = []byte(` xmlns:XMLSchema-instance="http://www.w3.org/2001/XMLSchema-instance"`)
	spelled  = []byte(` XMLSchema-instance:type="`)
	short    = []byte(` xsi:type="`)
)

// asWritten names types as a vCenter does; govmomi declares a prefix of its own at every value, a third of all bytes.
func asWritten(text []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(text, declared, nil), spelled, short)
}
