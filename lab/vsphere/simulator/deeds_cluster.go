package main

import (
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// setHA turns high availability of a cluster on or off, says how a host's agent is, or whether a machine is protected.
func setHA(d *door, o order) (interface{}, error) {
	switch {
	case o.text("cluster") != "":
		e, err := find("ClusterComputeResource", o.text("cluster"))
		if err != nil {
			return nil, err
		}
		c := e.(*simulator.ClusterComputeResource)
		config := *c.ConfigurationEx.(*types.ClusterConfigInfoEx)
		config.DasConfig.Enabled = types.NewBool(o.truth("enabled", true))
		config.DasConfig.AdmissionControlEnabled = types.NewBool(o.truth("admission_control", true))
		c.ConfigurationEx = &config
		touch(c.Self, "configurationEx")
		recount(c)
		return order{"cluster": c.Self.Value}, nil
	case o.text("host") != "":
		h, err := o.host()
		if err != nil {
			return nil, err
		}
		h.Runtime.DasHostState = &types.ClusterDasFdmHostState{State: o.text("state")}
		touch(h.Self, "runtime.dasHostState", "summary.runtime")
		return order{"host": h.Self.Value, "state": o.text("state")}, nil
	}
	vm, err := o.machine()
	if err != nil {
		return nil, err
	}
	vm.Runtime.DasVmProtection = &types.VirtualMachineRuntimeInfoDasProtectionState{DasProtected: o.truth("protected", true)}
	vm.Summary.Runtime.DasVmProtection = vm.Runtime.DasVmProtection
	touch(vm.Self, "runtime.dasVmProtection", "summary.runtime")
	return order{"vm": vm.Self.Value}, nil
}

// setAlarm triggers an alarm on anything; green ends it.
func setAlarm(d *door, o order) (interface{}, error) {
	e, err := findAny(o.text("object"))
	if err != nil {
		return nil, err
	}
	status := o.text("status")
	if status == "" {
		status = "red"
	}
	return order{"object": e.Reference().Value, "status": status}, raise(e, o.text("alarm"), status, time.Now().UTC().Truncate(time.Microsecond))
}

// setDatastore changes how a datastore is: for everybody, or for one host.
func setDatastore(d *door, o order) (interface{}, error) {
	e, err := o.named("Datastore", "datastore")
	if err != nil {
		return nil, err
	}
	store := e.(*simulator.Datastore)
	if o.text("host") != "" {
		h, err := o.host()
		if err != nil {
			return nil, err
		}
		mounts := append([]types.DatastoreHostMount{}, store.Host...)
		for i := range mounts {
			if mounts[i].Key == h.Self {
				mounts[i].MountInfo.Mounted = types.NewBool(o.truth("mounted", true))
				mounts[i].MountInfo.Accessible = types.NewBool(o.truth("accessible", true))
				mounts[i].MountInfo.InaccessibleReason = ""
				if !o.truth("accessible", true) {
					mounts[i].MountInfo.InaccessibleReason = "AllPathsDown_Timeout"
				}
			}
		}
		store.Host = mounts
		touch(store.Self, "host")
		return order{"datastore": store.Self.Value, "host": h.Self.Value}, nil
	}
	store.Summary.Accessible = o.truth("accessible", store.Summary.Accessible)
	store.Summary.FreeSpace = int64(o.number("free_bytes", float64(store.Summary.FreeSpace)))
	if mode := o.text("maintenance"); mode != "" {
		store.Summary.MaintenanceMode = mode
	}
	touch(store.Self, "summary")
	return order{"datastore": store.Self.Value}, nil
}
