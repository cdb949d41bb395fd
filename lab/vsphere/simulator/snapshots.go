package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// picture is a snapshot to be taken.
type picture struct {
	name  string
	taken time.Time
	bytes int64
}

const day = 86400.0

// settleSnapshots gives a machine the snapshots that its traits ask for.
func settleSnapshots(vm *simulator.VirtualMachine, marks traits) {
	var chain []picture
	if marks["snapshot-old"] {
		chain = []picture{{"before patch", ago(200 * day), 40 * gigabyte}}
	}
	if marks["snapshot-chain"] {
		chain = []picture{
			{"truoc nang cap", ago(30 * day), 12 * gigabyte},
			{"giữa chừng \"2\"", ago(12 * day), 3 * gigabyte},
			{"after", ago(2 * day), gigabyte},
		}
	}
	setSnapshots(vm, chain)
}

// files gives what a machine without snapshots has on its datastore.
func files(vm *simulator.VirtualMachine, committed int64) *types.VirtualMachineFileLayoutEx {
	base := vm.Config.Files.VmPathName[:len(vm.Config.Files.VmPathName)-len(".vmx")]
	layout := &types.VirtualMachineFileLayoutEx{Timestamp: born, File: []types.VirtualMachineFileLayoutExFileInfo{
		{Key: 0, Name: base + ".vmx", Type: "config", Size: 4096, UniqueSize: 4096, Accessible: yes()},
		{Key: 1, Name: base + ".vmdk", Type: "diskDescriptor", Size: 0, Accessible: yes()},
		{Key: 2, Name: base + "-flat.vmdk", Type: "diskExtent", Size: committed, UniqueSize: committed, Accessible: yes()},
	}}
	layout.Disk = []types.VirtualMachineFileLayoutExDiskLayout{
		{Key: 2000, Chain: []types.VirtualMachineFileLayoutExDiskUnit{{FileKey: []int32{1, 2}}}},
	}
	return layout
}

// setSnapshots replaces a machine's snapshots by a chain, each the child of the one before. What was written since a
// snapshot lies in a file of its own: the size of a snapshot is that of its memory and of the disk that followed it.
func setSnapshots(vm *simulator.VirtualMachine, chain []picture) {
	layout := files(vm, vm.Summary.Storage.Committed)
	vm.LayoutEx = layout
	vm.Snapshot, vm.RootSnapshot = nil, nil
	if len(chain) == 0 {
		return
	}
	base := vm.Config.Files.VmPathName[:len(vm.Config.Files.VmPathName)-len(".vmx")]
	var trees []types.VirtualMachineSnapshotTree
	units := layout.Disk[0].Chain
	for i, shot := range chain {
		ref := reference{Type: "VirtualMachineSnapshot", Value: fmt.Sprintf("snapshot-%s-%d", vm.Self.Value, i+1)}
		at := shot.taken
		trees = append(trees, types.VirtualMachineSnapshotTree{
			Snapshot: ref, Vm: vm.Self, Name: shot.name, Id: int32(i + 1), CreateTime: at,
			State: vm.Runtime.PowerState, ReplaySupported: no(),
		})
		data, extent := int32(100+3*i), int32(101+3*i)
		layout.Snapshot = append(layout.Snapshot, types.VirtualMachineFileLayoutExSnapshotLayout{
			Key: ref, DataKey: data, MemoryKey: -1,
			Disk: []types.VirtualMachineFileLayoutExDiskLayout{{Key: 2000, Chain: units}},
		})
		layout.File = append(layout.File,
			types.VirtualMachineFileLayoutExFileInfo{
				Key: data, Name: fmt.Sprintf("%s-Snapshot%d.vmsn", base, i+1), Type: "snapshotData",
				Size: 20480, UniqueSize: 20480, Accessible: yes(),
			},
			types.VirtualMachineFileLayoutExFileInfo{
				Key: extent, Name: fmt.Sprintf("%s-%06d-delta.vmdk", base, i+1), Type: "diskExtent",
				Size: shot.bytes, UniqueSize: shot.bytes, Accessible: yes(),
			})
		units = append(units[:len(units):len(units)], types.VirtualMachineFileLayoutExDiskUnit{FileKey: []int32{extent}})
	}
	layout.Disk[0].Chain = units
	for i := len(trees) - 1; i > 0; i-- {
		trees[i-1].ChildSnapshotList = []types.VirtualMachineSnapshotTree{trees[i]}
	}
	current := reference{Type: "VirtualMachineSnapshot", Value: fmt.Sprintf("snapshot-%s-%d", vm.Self.Value, len(chain))}
	vm.Snapshot = &types.VirtualMachineSnapshotInfo{CurrentSnapshot: &current, RootSnapshotList: trees[:1]}
	vm.RootSnapshot = []reference{trees[0].Snapshot}
}
