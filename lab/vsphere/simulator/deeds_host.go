package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func (o order) host() (*simulator.HostSystem, error) {
	e, err := o.named("HostSystem", "host")
	if err != nil {
		return nil, err
	}
	return e.(*simulator.HostSystem), nil
}

// hostLoss makes a host stop answering, or brings it back; with "restart" its machines start anew elsewhere.
func hostLoss(d *door, o order) (interface{}, error) {
	h, err := o.host()
	if err != nil {
		return nil, err
	}
	lost := o.truth("lost", true)
	if lost {
		h.Runtime.ConnectionState = types.HostSystemConnectionStateNotResponding
		h.Runtime.PowerState = types.HostSystemPowerStateUnknown
		h.Runtime.DasHostState = &types.ClusterDasFdmHostState{State: "hostDown"}
	} else {
		h.Runtime.ConnectionState = types.HostSystemConnectionStateConnected
		h.Runtime.PowerState = types.HostSystemPowerStatePoweredOn
		h.Runtime.DasHostState = &types.ClusterDasFdmHostState{State: "connectedToMaster"}
	}
	touch(h.Self, "runtime", "summary.runtime")
	moved := 0
	for _, ref := range append([]reference{}, h.Vm...) {
		vm := simulator.Map.Get(ref).(*simulator.VirtualMachine)
		state := types.VirtualMachineConnectionStateDisconnected
		target := nextHost(h)
		restarts := lost && o.truth("restart", false) && target != nil && vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn
		if restarts {
			move(vm, target)
			setPower(vm, marked[vm.Self.Value])
			moved++
		}
		if restarts || !lost {
			state = types.VirtualMachineConnectionStateConnected
		}
		vm.Runtime.ConnectionState, vm.Summary.Runtime.ConnectionState = state, state
		touch(vm.Self, "runtime.connectionState", "summary.runtime.connectionState")
	}
	status := "green"
	if lost {
		status = "red"
	}
	recount(clusterOf(h))
	return order{"host": h.Self.Value, "lost": lost, "restarted": moved},
		raise(h, "Host connection and power state", status, time.Now().UTC())
}

// maintenance empties a host and puts it aside, or takes it back.
func maintenance(d *door, o order) (interface{}, error) {
	h, err := o.host()
	if err != nil {
		return nil, err
	}
	h.Runtime.InMaintenanceMode = o.truth("on", true)
	moved := 0
	if h.Runtime.InMaintenanceMode {
		h.Runtime.DasHostState = &types.ClusterDasFdmHostState{State: "uninitialized"}
		for _, ref := range append([]reference{}, h.Vm...) {
			if target := nextHost(h); target != nil {
				move(simulator.Map.Get(ref).(*simulator.VirtualMachine), target)
				moved++
			}
		}
	} else {
		h.Runtime.DasHostState = &types.ClusterDasFdmHostState{State: "connectedToMaster"}
	}
	touch(h.Self, "runtime", "summary.runtime")
	recount(clusterOf(h))
	return order{"host": h.Self.Value, "moved": moved}, nil
}

// setSensor changes the reading of a sensor ("value", in its unit) and its state; "remove" takes all sensors away.
func setSensor(d *door, o order) (interface{}, error) {
	h, err := o.host()
	if err != nil {
		return nil, err
	}
	health := *h.Runtime.HealthSystemRuntime
	h.Runtime.HealthSystemRuntime = &health
	defer touch(h.Self, "runtime.healthSystemRuntime", "summary.runtime")
	if o.truth("remove", false) {
		health.SystemHealthInfo, health.HardwareStatusInfo = &types.HostSystemHealthInfo{}, nil
		return order{"host": h.Self.Value, "sensors": 0}, nil
	}
	list := append([]types.HostNumericSensorInfo{}, health.SystemHealthInfo.NumericSensorInfo...)
	for i := range list {
		if list[i].Name != o.text("sensor") {
			continue
		}
		if _, given := o["value"]; given {
			reading := o.number("value", 0)
			for m := list[i].UnitModifier; m < 0; m++ {
				reading *= 10
			}
			list[i].CurrentReading = int64(reading)
		}
		if colour := o.text("state"); colour != "" {
			list[i].HealthState = state(colour)
		}
		health.SystemHealthInfo = &types.HostSystemHealthInfo{NumericSensorInfo: list}
		return order{"host": h.Self.Value, "sensor": list[i].Name}, nil
	}
	return nil, fmt.Errorf("%s has no sensor %q", h.Name, o.text("sensor"))
}

// setNic takes the link of a port away or gives it back, at a speed.
func setNic(d *door, o order) (interface{}, error) {
	h, err := o.host()
	if err != nil {
		return nil, err
	}
	network := *h.Config.Network
	network.Pnic = append([]types.PhysicalNic{}, network.Pnic...)
	for i := range network.Pnic {
		if network.Pnic[i].Device != o.text("nic") {
			continue
		}
		network.Pnic[i].LinkSpeed = nil
		if o.truth("up", true) {
			network.Pnic[i].LinkSpeed = &types.PhysicalNicLinkInfo{SpeedMb: int32(o.number("speed_mb", nicSpeedMb)), Duplex: true}
		}
		h.Config.Network = &network
		touch(h.Self, "config.network")
		return order{"host": h.Self.Value, "nic": o.text("nic")}, nil
	}
	return nil, fmt.Errorf("%s has no port %q", h.Name, o.text("nic"))
}

// setPathState kills a path to storage by its name, or all over one adapter ("vmhba64"), or brings them back.
func setPathState(d *door, o order) (interface{}, error) {
	h, err := o.host()
	if err != nil {
		return nil, err
	}
	wanted, dead, count := o.text("path"), o.truth("dead", true), 0
	storage := *h.Config.StorageDevice
	multipath := types.HostMultipathInfo{}
	for _, unit := range storage.MultipathInfo.Lun {
		unit.Path = append([]types.HostMultipathInfoPath{}, unit.Path...)
		for i := range unit.Path {
			name := unit.Path[i].Name
			if name == wanted || len(name) > len(wanted) && name[:len(wanted)+1] == wanted+":" {
				setPath(&unit.Path[i], dead)
				count++
			}
		}
		multipath.Lun = append(multipath.Lun, unit)
	}
	if count == 0 {
		return nil, fmt.Errorf("%s has no path %q", h.Name, wanted)
	}
	storage.MultipathInfo = &multipath
	h.Config.StorageDevice = &storage
	touch(h.Self, "config.storageDevice")
	return order{"host": h.Self.Value, "paths": count}, nil
}
