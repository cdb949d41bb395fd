package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// setProperty gives any property that is a text, a number or a truth another value; null empties it.
func setProperty(d *door, o order) (interface{}, error) {
	e, err := findAny(o.text("object"))
	if err != nil {
		return nil, err
	}
	path := o.text("path")
	if path == "" {
		return nil, fmt.Errorf(`a "path" is needed`)
	}
	if err := assign(reflect.ValueOf(e).Elem(), strings.Split(path, "."), o["value"]); err != nil {
		return nil, fmt.Errorf("%s of %s: %w", path, e.Reference().Value, err)
	}
	touch(e.Reference(), path)
	return order{"object": e.Reference().Value, "path": path}, nil
}

func assign(at reflect.Value, path []string, value interface{}) error {
	for at.Kind() == reflect.Ptr || at.Kind() == reflect.Interface {
		if at.IsNil() {
			return fmt.Errorf("is not set")
		}
		at = at.Elem()
	}
	if at.Kind() != reflect.Struct {
		return fmt.Errorf("has nothing called %q", path[0])
	}
	field := at.FieldByName(strings.ToUpper(path[0][:1]) + path[0][1:])
	if !field.IsValid() {
		return fmt.Errorf("has nothing called %q", path[0])
	}
	if len(path) > 1 {
		return assign(field, path[1:], value)
	}
	return put(field, value)
}

func put(field reflect.Value, value interface{}) error {
	if value == nil {
		field.Set(reflect.Zero(field.Type()))
		return nil
	}
	if field.Kind() == reflect.Ptr {
		fresh := reflect.New(field.Type().Elem())
		if err := put(fresh.Elem(), value); err != nil {
			return err
		}
		field.Set(fresh)
		return nil
	}
	given := reflect.ValueOf(value)
	switch {
	case given.Kind() == reflect.Float64 && field.Kind() >= reflect.Int && field.Kind() <= reflect.Int64:
		field.SetInt(int64(value.(float64)))
	case given.Kind() == field.Kind() && given.Type().ConvertibleTo(field.Type()):
		field.Set(given.Convert(field.Type()))
	default:
		return fmt.Errorf("cannot be %v", value)
	}
	return nil
}

// setPerformance takes samples away: series of counters come without a value ("empty"), objects have none ("silent",
// "all"), the vCenter does not know counters ("unknown"), or refuses requests for more objects than "most". What an
// order does not name is as it was at the beginning, but unknown counters stay unknown.
func setPerformance(d *door, o order) (interface{}, error) {
	content := simulator.Map.Get(reference{Type: "ServiceInstance", Value: "ServiceInstance"}).(*simulator.ServiceInstance).Content
	p := simulator.Map.Get(*content.PerfManager).(*performance)
	p.silence.Lock()
	defer p.silence.Unlock()
	p.silence.counters, p.silence.objects = map[string]bool{}, map[string]bool{}
	for _, name := range o.texts("empty") {
		p.silence.counters[name] = true
	}
	for _, name := range o.texts("silent") {
		e, err := findAny(name)
		if err != nil {
			return nil, err
		}
		p.silence.objects[e.Reference().Value] = true
	}
	p.silence.all, p.silence.most = o.truth("all", false), int(o.number("most", 0))
	for _, name := range o.texts("unknown") {
		p.lose(name)
	}
	return order{"counters": len(p.PerfCounter)}, nil
}

// lose makes the vCenter one that never had the counter.
func (p *performance) lose(name string) {
	var left []types.PerfCounterInfo
	for _, counter := range p.PerfCounter {
		if p.names[counter.Key] == name {
			delete(p.names, counter.Key)
			continue
		}
		left = append(left, counter)
	}
	p.PerfCounter = left
}
