package main

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func hostOf(vm *simulator.VirtualMachine) *simulator.HostSystem {
	return simulator.Map.Get(*vm.Runtime.Host).(*simulator.HostSystem)
}

// vmotion moves a machine to a host, the next one of its cluster when none is named.
func vmotion(d *door, o order) (interface{}, error) {
	vm, err := o.machine()
	if err != nil {
		return nil, err
	}
	target := nextHost(hostOf(vm))
	if o.text("host") != "" {
		e, err := find("HostSystem", o.text("host"))
		if err != nil {
			return nil, err
		}
		target = e.(*simulator.HostSystem)
	}
	if target == nil {
		return nil, fmt.Errorf("there is no other host for %s", vm.Name)
	}
	move(vm, target)
	if c := clusterOf(target); c != nil {
		sum := *c.Summary.(*types.ClusterComputeResourceSummary)
		sum.NumVmotions++
		c.Summary = &sum
		recount(c)
	}
	return order{"vm": vm.Self.Value, "host": target.Self.Value, "name": target.Name}, nil
}

func move(vm *simulator.VirtualMachine, target *simulator.HostSystem) {
	from := hostOf(vm)
	simulator.RemoveReference(&from.Vm, vm.Self)
	target.Vm = append(target.Vm, vm.Self)
	ref := target.Self
	vm.Runtime.Host, vm.Summary.Runtime.Host = &ref, &ref
	touch(vm.Self, "runtime.host", "summary.runtime.host")
	touch(from.Self, "vm")
	touch(target.Self, "vm")
}

// nextHost is the next of a cluster that could run something.
func nextHost(from *simulator.HostSystem) *simulator.HostSystem {
	c := clusterOf(from)
	start := 0
	for i, ref := range c.Host {
		if ref == from.Self {
			start = i
		}
	}
	for n := 1; n < len(c.Host); n++ {
		h := simulator.Map.Get(c.Host[(start+n)%len(c.Host)]).(*simulator.HostSystem)
		if h.Runtime.ConnectionState == types.HostSystemConnectionStateConnected && !h.Runtime.InMaintenanceMode {
			return h
		}
	}
	return nil
}

// add makes a machine in a cluster, the first one when none is named.
func add(d *door, o order) (interface{}, error) {
	cluster := all("ClusterComputeResource")[0].(*simulator.ClusterComputeResource)
	if o.text("cluster") != "" {
		e, err := find("ClusterComputeResource", o.text("cluster"))
		if err != nil {
			return nil, err
		}
		cluster = e.(*simulator.ClusterComputeResource)
	}
	if o.text("name") == "" {
		return nil, fmt.Errorf(`a "name" is needed`)
	}
	first := simulator.Map.Get(cluster.Host[0]).(*simulator.HostSystem)
	host := nextHost(first)
	if host == nil {
		host = first
	}
	wish := machineWish{Name: o.text("name"), Folder: o.text("folder"), Traits: o.texts("traits")}
	vm := here.makeMachine(wish, cluster, host)
	recount(cluster)
	touch(host.Self, "vm")
	touch(vm.Datastore[0], "vm")
	return order{"vm": vm.Self.Value, "host": host.Name}, nil
}

// remove deletes a machine, a datastore or a host without machines, as if an administrator did.
func remove(d *door, o order) (interface{}, error) {
	e, err := findAny(o.text("object"))
	if err != nil {
		return nil, err
	}
	ref := e.Reference()
	switch x := e.(type) {
	case *simulator.VirtualMachine:
		host := hostOf(x)
		simulator.RemoveReference(&host.Vm, ref)
		touch(host.Self, "vm")
		if x.ResourcePool != nil {
			pool := simulator.Map.Get(*x.ResourcePool).(*simulator.ResourcePool)
			simulator.RemoveReference(&pool.Vm, ref)
		}
		for _, each := range x.Datastore {
			if store, ok := simulator.Map.Get(each).(*simulator.Datastore); ok {
				simulator.RemoveReference(&store.Vm, ref)
				touch(store.Self, "vm")
			}
		}
		leaveFolder(*x.Parent, ref)
		simulator.Map.Remove(ref)
		recount(clusterOf(host))
	case *simulator.Datastore:
		for _, h := range hosts() {
			simulator.RemoveReference(&h.Datastore, ref)
			touch(h.Self, "datastore")
		}
		leaveFolder(*x.Parent, ref)
		simulator.Map.Remove(ref)
	case *simulator.HostSystem:
		if len(x.Vm) > 0 {
			return nil, fmt.Errorf("%s still has %d machines", x.Name, len(x.Vm))
		}
		c := clusterOf(x)
		simulator.RemoveReference(&c.Host, ref)
		simulator.Map.Remove(ref)
		touch(c.Self, "host")
		recount(c)
	default:
		return nil, fmt.Errorf("a %s cannot be deleted here", ref.Type)
	}
	return order{"deleted": ref.Value}, nil
}

func leaveFolder(parent, ref reference) {
	if folder, ok := simulator.Map.Get(parent).(*simulator.Folder); ok {
		simulator.RemoveReference(&folder.ChildEntity, ref)
		touch(folder.Self, "childEntity")
	}
}
