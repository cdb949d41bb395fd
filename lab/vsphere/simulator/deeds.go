package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/vim25/mo"
)

// questions are what GET answers.
var questions = map[string]deed{
	"stats":    func(d *door, o order) (interface{}, error) { return stats(), nil },
	"sessions": func(d *door, o order) (interface{}, error) { return sessionList(), nil },
	"objects":  listObjects,
}

// deeds are what POST does.
var deeds = map[string]deed{
	// counters, the wire, sessions
	"reset":         func(d *door, o order) (interface{}, error) { seen.reset(); return stats(), nil },
	"delay":         setDelay,
	"fault":         setFault,
	"heal":          heal,
	"cut":           func(d *door, o order) (interface{}, error) { return order{"cut": d.cut()}, nil },
	"kill-sessions": func(d *door, o order) (interface{}, error) { return order{"killed": killSessions(o.text("key"))}, nil },
	"password":      setPassword,
	// what the login may see, and how much of it at once
	"deny":        deny,
	"unset":       unset,
	"allow":       func(d *door, o order) (interface{}, error) { return order{"lifted": liftRules()}, nil },
	"page":        setPage,
	"performance": setPerformance,
	// machines
	"churn":      churn,
	"power":      power,
	"vmotion":    vmotion,
	"connection": connection,
	"snapshot":   snapshot,
	"guest":      guestAddresses,
	"add":        add,
	// hosts and what they stand on
	"host-loss":   hostLoss,
	"maintenance": maintenance,
	"sensor":      setSensor,
	"nic":         setNic,
	"path":        setPathState,
	"ha":          setHA,
	"datastore":   setDatastore,
	// anything
	"rename": rename,
	"delete": remove,
	"alarm":  setAlarm,
	"set":    setProperty,
}

func stats() map[string]interface{} {
	sweep()
	views, filters := openNow()
	all := seen.asJSON()
	all["sessions_now"], all["views_now"], all["filters_now"] = len(sessionsNow()), views, filters
	held.Lock()
	all["held_failed"] = append([]string{}, held.failed...)
	held.Unlock()
	return all
}

func sessionList() map[string]interface{} {
	list := []interface{}{}
	for _, each := range sessionsNow() {
		list = append(list, clientOf(each))
	}
	return order{"sessions": list}
}

// listObjects gives moids and names of a kind, machines when none is named.
func listObjects(d *door, o order) (interface{}, error) {
	kind := o.text("kind")
	if kind == "" {
		kind = "VirtualMachine"
	}
	list := []interface{}{}
	for _, e := range all(kind) {
		list = append(list, order{"moid": e.Reference().Value, "name": e.Entity().Name})
	}
	return order{"kind": kind, "objects": list}, nil
}

func setDelay(d *door, o order) (interface{}, error) {
	wait := time.Duration(o.number("milliseconds", 0)) * time.Millisecond
	ills.mutex.Lock()
	defer ills.mutex.Unlock()
	if method := o.text("method"); method != "" {
		ills.delays[method] = wait
	} else {
		ills.delay = wait
	}
	return order{"milliseconds": wait.Milliseconds()}, nil
}

func setFault(d *door, o order) (interface{}, error) {
	a := new(affliction)
	if err := o.into(a); err != nil {
		return nil, err
	}
	if err := ills.add(a); err != nil {
		return nil, err
	}
	if a.Kind == "refuse" {
		d.shut()
		d.cut()
	}
	return order{"fault": a.Kind}, nil
}

// heal ends faults and delays; what was changed stays.
func heal(d *door, o order) (interface{}, error) {
	ills.lift()
	ills.mutex.Lock()
	ills.delay, ills.delays = 0, map[string]time.Duration{}
	ills.mutex.Unlock()
	return order{"healed": true}, d.open()
}

func setPassword(d *door, o order) (interface{}, error) {
	password := o.text("password")
	if password == "" {
		return nil, fmt.Errorf(`a "password" is needed`)
	}
	setLogin(service.Listen.User.Username(), password)
	if o.truth("kill_sessions", false) {
		return order{"killed": killSessions("")}, nil
	}
	return order{"killed": 0}, nil
}

func ruleOf(o order) (rule, error) {
	r := rule{}
	if err := o.into(&r); err != nil {
		return r, err
	}
	if r.Object != "" {
		e, err := findAny(r.Object)
		if err != nil {
			return r, err
		}
		r.Type, r.Object = e.Reference().Type, e.Reference().Value
	}
	return r, nil
}

func deny(d *door, o order) (interface{}, error) {
	r, err := ruleOf(o)
	if err != nil {
		return nil, err
	}
	if r.Privilege == "" {
		r.Privilege = "System.Read"
	}
	told, err := r.lay()
	return order{"objects": told}, err
}

func unset(d *door, o order) (interface{}, error) {
	r, err := ruleOf(o)
	if err != nil {
		return nil, err
	}
	r.Privilege = ""
	told, err := r.lay()
	return order{"objects": told}, err
}

func setPage(d *door, o order) (interface{}, error) {
	page.Lock()
	defer page.Unlock()
	page.objects = int(o.number("objects", 0))
	return order{"objects": page.objects}, nil
}

// named gives what an order's key names, by moid or by name.
func (o order) named(kind, key string) (mo.Entity, error) {
	if o.text(key) == "" {
		return nil, fmt.Errorf("%q is needed", key)
	}
	return find(kind, o.text(key))
}
