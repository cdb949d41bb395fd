package main

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	replicationExtension = "com.vmware.vcHms"
	gigabyte             = int64(1) << 30
)

// system is what runs inside a machine, and how its Tools call it.
type system struct{ id, family, name, volume string }

var systems = []system{
	{"ubuntu64Guest", "linuxGuest", "Ubuntu Linux (64-bit)", "/var"},
	{"rhel9_64Guest", "linuxGuest", "Red Hat Enterprise Linux 9 (64-bit)", "/var"},
	{"windows2019srvNext_64Guest", "windowsGuest", "Microsoft Windows Server 2022 (64-bit)", "D:\\"},
	{"debian12_64Guest", "linuxGuest", "Debian GNU/Linux 12 (64-bit)", "/srv"},
}

// settleMachine makes a copy of the pattern the machine that was wished for.
func (s *site) settleMachine(vm *simulator.VirtualMachine, wish machineWish, host *simulator.HostSystem, store *simulator.Datastore) {
	marks, dice := traitsOf(wish.Traits), draw("machine", s.estate.Name, wish.Name, len(wish.Traits))
	marked[vm.Self.Value] = marks
	runs := systems[dice.Intn(len(systems))]
	cpus, memory := int32(2<<dice.Intn(3)), int32(4096<<dice.Intn(4))
	file := fmt.Sprintf("[%s] %s/%s.vmx", store.Name, vm.Self.Value, vm.Self.Value)
	uuid := fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(digest("uuid", s.estate.Name, vm.Self.Value)), digest("uuid", wish.Name)&0xffffffffffff)

	config := *vm.Config
	config.Name, config.Uuid, config.InstanceUuid = wish.Name, uuid, "50"+uuid[2:]
	config.GuestId, config.GuestFullName = runs.id, runs.name
	config.Version, config.Template = "vmx-20", marks["template"]
	config.Files.VmPathName = file
	config.Hardware.NumCPU, config.Hardware.MemoryMB = cpus, memory
	config.Modified = ago(float64(86400 * (1 + dice.Intn(300))))
	created := ago(float64(86400 * (400 + dice.Intn(900))))
	config.CreateDate = &created
	config.ExtraConfig = nil
	if marks["replica"] {
		config.ManagedBy = &types.ManagedByInfo{ExtensionKey: replicationExtension, Type: "replica"}
	}
	vm.Config = &config
	vm.Summary.Config = types.VirtualMachineConfigSummary{
		Name: wish.Name, Template: config.Template, VmPathName: file, MemorySizeMB: memory, NumCpu: cpus,
		NumEthernetCards: 1, NumVirtualDisks: 2, Uuid: uuid, InstanceUuid: config.InstanceUuid,
		GuestId: runs.id, GuestFullName: runs.name, ManagedBy: config.ManagedBy, HwVersion: config.Version,
	}
	s.settleRuntime(vm, marks, cpus, memory, float64(3600*(2+dice.Intn(4000))))
	s.settleGuest(vm, runs, marks)
	settleStats(vm, marks, dice.Int31n(1000))
	committed := int64(20+dice.Intn(200)) * gigabyte
	vm.Summary.Storage = &types.VirtualMachineStorageSummary{
		Committed: committed, Uncommitted: int64(dice.Intn(100)) * gigabyte, Unshared: committed, Timestamp: born,
	}
	vm.Storage = &types.VirtualMachineStorageInfo{Timestamp: born, PerDatastoreUsage: []types.VirtualMachineUsageOnDatastore{{
		Datastore: store.Self, Committed: committed, Uncommitted: vm.Summary.Storage.Uncommitted, Unshared: committed,
	}}}
	vm.Layout = nil
	vm.LayoutEx = files(vm, committed)
	vm.Snapshot, vm.RootSnapshot = nil, nil
	settleSnapshots(vm, marks)
	if config.Template {
		// A template belongs to no pool and never runs.
		vm.ResourcePool = nil
	}
	vm.OverallStatus = types.ManagedEntityStatusGreen
	vm.Summary.OverallStatus = vm.OverallStatus
}

func (s *site) settleRuntime(vm *simulator.VirtualMachine, marks traits, cpus, memory int32, age float64) {
	r := &vm.Runtime
	*r = types.VirtualMachineRuntimeInfo{
		Host: r.Host, ConnectionState: types.VirtualMachineConnectionStateConnected,
		PowerState:          types.VirtualMachinePowerStatePoweredOn,
		FaultToleranceState: types.VirtualMachineFaultToleranceStateNotConfigured,
		DasVmProtection:     &types.VirtualMachineRuntimeInfoDasProtectionState{DasProtected: !marks["not-protected"]},
		MaxCpuUsage:         cpus * hostCoreMhz, MaxMemoryUsage: memory,
		ConsolidationNeeded: types.NewBool(marks["consolidate"]),
		CleanPowerOff:       yes(),
	}
	boot := ago(age)
	r.BootTime = &boot
	switch {
	case marks["template"], marks["replica"], marks["off"]:
		r.PowerState, r.BootTime, r.DasVmProtection = types.VirtualMachinePowerStatePoweredOff, nil, nil
	case marks["suspended"]:
		paused := ago(86400)
		r.PowerState, r.SuspendTime, r.BootTime = types.VirtualMachinePowerStateSuspended, &paused, nil
	}
	if marks["inaccessible"] {
		r.ConnectionState = types.VirtualMachineConnectionStateInaccessible
	}
	vm.Summary.Runtime = *r
}

// settleStats gives the quick figures; a machine that does not run has hardly any.
func settleStats(vm *simulator.VirtualMachine, marks traits, luck int32) {
	memory := vm.Summary.Config.MemorySizeMB
	if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		vm.Summary.QuickStats = types.VirtualMachineQuickStats{GuestHeartbeatStatus: types.ManagedEntityStatusGray}
		vm.GuestHeartbeatStatus = types.ManagedEntityStatusGray
		return
	}
	vm.Summary.QuickStats = types.VirtualMachineQuickStats{
		OverallCpuUsage: 100 + luck*3, OverallCpuDemand: 120 + luck*3, GuestMemoryUsage: memory * (10 + luck%50) / 100,
		HostMemoryUsage: memory * (60 + luck%30) / 100, GuestHeartbeatStatus: types.ManagedEntityStatusGreen,
		DistributedCpuEntitlement: 200 + luck, DistributedMemoryEntitlement: memory / 2,
		StaticCpuEntitlement: 4000, StaticMemoryEntitlement: memory, PrivateMemory: memory * 2 / 3, GrantedMemory: memory,
		ConsumedOverheadMemory: 60 + luck%40, UptimeSeconds: int32(born.Sub(*vm.Runtime.BootTime).Seconds()),
	}
	if marks["ballooned"] {
		vm.Summary.QuickStats.BalloonedMemory = memory / 4
		vm.Summary.QuickStats.SwappedMemory = memory / 16
		vm.Summary.QuickStats.CompressedMemory = int64(memory) * 16
	}
	switch {
	case marks["heartbeat-red"]:
		vm.Summary.QuickStats.GuestHeartbeatStatus = types.ManagedEntityStatusRed
	case marks["no-tools"], marks["tools-stopped"]:
		vm.Summary.QuickStats.GuestHeartbeatStatus = types.ManagedEntityStatusGray
	}
	vm.GuestHeartbeatStatus = vm.Summary.QuickStats.GuestHeartbeatStatus
}
