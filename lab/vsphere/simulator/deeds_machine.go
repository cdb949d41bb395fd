package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func (o order) machine() (*simulator.VirtualMachine, error) {
	e, err := o.named("VirtualMachine", "vm")
	if err != nil {
		return nil, err
	}
	return e.(*simulator.VirtualMachine), nil
}

// churned counts rounds: each takes up where the last one ended.
var churned int

// churn changes what changes by itself in so many machines: quick figures, free space, storage.
func churn(d *door, o order) (interface{}, error) {
	list := machines()
	number := int(o.number("machines", float64(len(list))))
	for n := 0; n < number && n < len(list); n++ {
		vm := list[churned%len(list)]
		churned++
		dice := draw("churn", vm.Self.Value, churned)
		if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
			continue
		}
		vm.Summary.QuickStats.OverallCpuUsage = 100 + dice.Int31n(3900)
		vm.Summary.QuickStats.UptimeSeconds += 20
		if len(vm.Guest.Disk) > 0 {
			guest := *vm.Guest
			guest.Disk = append([]types.GuestDiskInfo{}, guest.Disk...)
			guest.Disk[0].FreeSpace = gigabyte + dice.Int63n(40*gigabyte)
			vm.Guest = &guest
		}
		storage := *vm.Summary.Storage
		storage.Committed += dice.Int63n(1 << 20)
		storage.Timestamp = time.Now().UTC().Truncate(time.Microsecond)
		vm.Summary.Storage = &storage
		touch(vm.Self, "summary.quickStats", "guest.disk", "summary.storage")
	}
	return order{"machines": number}, nil
}

// power starts, stops or suspends a machine.
func power(d *door, o order) (interface{}, error) {
	vm, err := o.machine()
	if err != nil {
		return nil, err
	}
	marks := traits{}
	for mark := range marked[vm.Self.Value] {
		marks[mark] = mark != "off" && mark != "suspended" && mark != "replica"
	}
	switch o.text("state") {
	case "poweredOn":
	case "poweredOff":
		marks["off"] = true
	case "suspended":
		marks["suspended"] = true
	default:
		return nil, fmt.Errorf(`"state" must be poweredOn, poweredOff or suspended`)
	}
	marked[vm.Self.Value] = marks
	setPower(vm, marks)
	return order{"vm": vm.Self.Value, "state": vm.Runtime.PowerState}, nil
}

func setPower(vm *simulator.VirtualMachine, marks traits) {
	here.settleRuntime(vm, marks, vm.Summary.Config.NumCpu, vm.Summary.Config.MemorySizeMB, 0)
	now := time.Now().UTC().Truncate(time.Microsecond)
	if vm.Runtime.BootTime != nil {
		vm.Runtime.BootTime = &now
	}
	vm.Summary.Runtime = vm.Runtime
	here.settleGuest(vm, systemOf(vm), marks)
	settleStats(vm, marks, 100)
	if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
		vm.Summary.QuickStats.UptimeSeconds = 1
	}
	touch(vm.Self, "runtime", "summary", "guest", "guestHeartbeatStatus")
	recount(clusterOf(hostOf(vm)))
}

func systemOf(vm *simulator.VirtualMachine) system {
	for _, each := range systems {
		if each.id == vm.Config.GuestId {
			return each
		}
	}
	return systems[0]
}

// rename gives anything another name.
func rename(d *door, o order) (interface{}, error) {
	e, err := findAny(o.text("object"))
	if err != nil {
		return nil, err
	}
	name := o.text("name")
	e.Entity().Name = name
	switch x := e.(type) {
	case *simulator.VirtualMachine:
		x.Config.Name, x.Summary.Config.Name = name, name
		touch(x.Self, "config.name", "summary.config.name")
	case *simulator.Datastore:
		x.Summary.Name, x.Info.GetDatastoreInfo().Name = name, name
		touch(x.Self, "summary.name", "info")
	case *simulator.HostSystem:
		x.Summary.Config.Name = name
		touch(x.Self, "summary.config.name")
	}
	touch(e.Reference(), "name")
	return order{"object": e.Reference().Value, "name": name}, nil
}

// connection says whether vCenter can still see the machine's files.
func connection(d *door, o order) (interface{}, error) {
	vm, err := o.machine()
	if err != nil {
		return nil, err
	}
	state := types.VirtualMachineConnectionState(o.text("state"))
	vm.Runtime.ConnectionState, vm.Summary.Runtime.ConnectionState = state, state
	touch(vm.Self, "runtime.connectionState", "summary.runtime.connectionState")
	return order{"vm": vm.Self.Value, "state": state}, nil
}

// snapshot replaces a machine's snapshots by one of the age, or by none.
func snapshot(d *door, o order) (interface{}, error) {
	vm, err := o.machine()
	if err != nil {
		return nil, err
	}
	var chain []picture
	if !o.truth("remove", false) {
		name := o.text("name")
		if name == "" {
			name = "by hand"
		}
		age := time.Duration(o.number("age_seconds", 0) * float64(time.Second))
		chain = []picture{{name, time.Now().UTC().Add(-age).Truncate(time.Microsecond), int64(o.number("bytes", float64(gigabyte)))}}
	}
	setSnapshots(vm, chain)
	touch(vm.Self, "snapshot", "rootSnapshot", "layoutEx")
	return order{"vm": vm.Self.Value, "snapshots": len(chain)}, nil
}

// guestAddresses replaces the addresses that Tools tell of.
func guestAddresses(d *door, o order) (interface{}, error) {
	vm, err := o.machine()
	if err != nil {
		return nil, err
	}
	guest := *vm.Guest
	addresses := o.texts("addresses")
	guest.Net, guest.IpAddress = []types.GuestNicInfo{card("VM Network", macOf(vm.Name, 0), addresses)}, ""
	if len(addresses) > 0 {
		guest.IpAddress = addresses[0]
	}
	vm.Guest = &guest
	touch(vm.Self, "guest.net", "guest.ipAddress")
	return order{"vm": vm.Self.Value, "addresses": len(addresses)}, nil
}
