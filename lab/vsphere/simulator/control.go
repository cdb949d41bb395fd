package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sort"
	"strings"
	"sync"
)

// order is one wish of a test, as a JSON object.
type order map[string]interface{}

func (o order) text(key string) string {
	value, _ := o[key].(string)
	return value
}

func (o order) number(key string, otherwise float64) float64 {
	if value, ok := o[key].(float64); ok {
		return value
	}
	return otherwise
}

func (o order) truth(key string, otherwise bool) bool {
	if value, ok := o[key].(bool); ok {
		return value
	}
	return otherwise
}

func (o order) texts(key string) []string {
	var list []string
	values, _ := o[key].([]interface{})
	for _, value := range values {
		if text, ok := value.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// into fills a struct by its JSON names.
func (o order) into(target interface{}) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}

// deed does what an order asks for; what it gives is the answer.
type deed func(d *door, o order) (interface{}, error)

type side struct {
	*http.Server
	Addr string
}

// newControl opens the door for tests: plain HTTP, GET /stats and POST /VERB with a JSON object.
func newControl(address string, d *door) (*side, error) {
	ears, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &side{Server: &http.Server{}, Addr: ears.Addr().String()}
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serveControl(d, w, r) })
	go func() { _ = s.Serve(ears) }()
	return s, nil
}

func serveControl(d *door, w http.ResponseWriter, r *http.Request) {
	verb := strings.TrimPrefix(r.URL.Path, "/")
	table := deeds
	if r.Method == http.MethodGet {
		table = questions
	}
	do, known := table[verb]
	if !known {
		say(w, http.StatusNotFound, order{"error": fmt.Sprintf("%s %q is not known; there are %s", r.Method, verb, names(table))})
		return
	}
	o := order{}
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil && r.ContentLength > 0 {
			say(w, http.StatusBadRequest, order{"error": "the body must be a JSON object"})
			return
		}
	} else {
		for key, values := range r.URL.Query() {
			o[key] = values[0]
		}
	}
	if method := o.text("before"); method != "" {
		hold(method, func() error { _, err := do(d, o); return err })
		say(w, http.StatusOK, order{"before": method})
		return
	}
	world.Lock()
	result, err := do(d, o)
	world.Unlock()
	if err != nil {
		say(w, http.StatusBadRequest, order{"error": err.Error()})
		return
	}
	say(w, http.StatusOK, result)
}

// held are deeds that wait for the next call of a method: what happens in the middle of somebody's reading.
var held = struct {
	sync.Mutex
	deeds  map[string][]func() error
	failed []string
}{deeds: map[string][]func() error{}}

func hold(method string, do func() error) {
	held.Lock()
	defer held.Unlock()
	held.deeds[method] = append(held.deeds[method], do)
}

// release does what was held until this method is called.
func release(method string) {
	held.Lock()
	list := held.deeds[method]
	delete(held.deeds, method)
	held.Unlock()
	for _, do := range list {
		world.Lock()
		err := do()
		world.Unlock()
		if err != nil {
			held.Lock()
			held.failed = append(held.failed, err.Error())
			held.Unlock()
		}
	}
}

func say(w http.ResponseWriter, status int, result interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(result)
}

func names(table map[string]deed) string {
	list := []string{}
	for name := range table {
		list = append(list, name)
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}
