package main

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// world is what everybody holds while they look (read) or change something (write): answers are put into XML after
// the simulator has let go of its own locks.
var world sync.RWMutex

// born is when this vCenter came up; ages are counted from it.
var born = time.Now().UTC().Truncate(time.Microsecond)

func ago(seconds float64) time.Time {
	return born.Add(-time.Duration(seconds * float64(time.Second))).Truncate(time.Microsecond)
}

type reference = types.ManagedObjectReference

// find gives the entity of a kind by its moid or its name; two of one name are told apart by the moid alone.
func find(kind, wanted string) (mo.Entity, error) {
	if e, ok := simulator.Map.Get(reference{Type: kind, Value: wanted}).(mo.Entity); ok {
		return e, nil
	}
	for _, e := range all(kind) {
		if e.Entity().Name == wanted {
			return e, nil
		}
	}
	return nil, fmt.Errorf("no %s %q here", kind, wanted)
}

// findAny is find for an entity of whatever kind; "HostSystem:host-12" names the kind too.
func findAny(wanted string) (mo.Entity, error) {
	if kind, moid, ok := strings.Cut(wanted, ":"); ok {
		if e, ok := simulator.Map.Get(reference{Type: kind, Value: moid}).(mo.Entity); ok {
			return e, nil
		}
	}
	for _, kind := range []string{"VirtualMachine", "HostSystem", "ClusterComputeResource", "Datastore", "Datacenter", "Folder"} {
		if e, err := find(kind, wanted); err == nil {
			return e, nil
		}
	}
	return nil, fmt.Errorf("nothing is called %q here", wanted)
}

// all gives the entities of a kind in the order in which they were made.
func all(kind string) []mo.Entity {
	list := simulator.Map.All(kind)
	sort.Slice(list, func(i, j int) bool { return before(list[i].Reference().Value, list[j].Reference().Value) })
	return list
}

func before(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

func machines() []*simulator.VirtualMachine {
	list := all("VirtualMachine")
	machines := make([]*simulator.VirtualMachine, len(list))
	for i, e := range list {
		machines[i] = e.(*simulator.VirtualMachine)
	}
	return machines
}

func hosts() []*simulator.HostSystem {
	list := all("HostSystem")
	hosts := make([]*simulator.HostSystem, len(list))
	for i, e := range list {
		hosts[i] = e.(*simulator.HostSystem)
	}
	return hosts
}

func yes() *bool { return types.NewBool(true) }
func no() *bool  { return types.NewBool(false) }

// touch tells who waits for changes that properties of an object are new. What changes something holds the world.
func touch(obj reference, properties ...string) {
	changes := make([]types.PropertyChange, len(properties))
	for i, name := range properties {
		changes[i].Name = name
	}
	for _, c := range collectors() {
		c.changed(obj, changes)
	}
}
