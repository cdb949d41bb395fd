package main

import (
	"github.com/vmware/govmomi/vim25/types"
)

// govmomi leaves a number of nothing out of the XML where the property is optional, a vCenter says 0: a machine
// without ballooning, a full disk. The types below are called as theirs, since their name is what the XML says, and
// always write the numbers that a NOC looks at.

// VirtualMachineQuickStats is what a running machine shows.
type VirtualMachineQuickStats struct {
	types.DynamicData

	OverallCpuUsage              int32                     `xml:"overallCpuUsage"`
	OverallCpuDemand             int32                     `xml:"overallCpuDemand"`
	GuestMemoryUsage             int32                     `xml:"guestMemoryUsage"`
	HostMemoryUsage              int32                     `xml:"hostMemoryUsage"`
	GuestHeartbeatStatus         types.ManagedEntityStatus `xml:"guestHeartbeatStatus"`
	DistributedCpuEntitlement    int32                     `xml:"distributedCpuEntitlement"`
	DistributedMemoryEntitlement int32                     `xml:"distributedMemoryEntitlement"`
	StaticCpuEntitlement         int32                     `xml:"staticCpuEntitlement"`
	StaticMemoryEntitlement      int32                     `xml:"staticMemoryEntitlement"`
	PrivateMemory                int32                     `xml:"privateMemory"`
	SharedMemory                 int32                     `xml:"sharedMemory"`
	SwappedMemory                int32                     `xml:"swappedMemory"`
	BalloonedMemory              int32                     `xml:"balloonedMemory"`
	ConsumedOverheadMemory       int32                     `xml:"consumedOverheadMemory"`
	FtLogBandwidth               int32                     `xml:"ftLogBandwidth"`
	FtSecondaryLatency           int32                     `xml:"ftSecondaryLatency"`
	FtLatencyStatus              types.ManagedEntityStatus `xml:"ftLatencyStatus"`
	CompressedMemory             int64                     `xml:"compressedMemory"`
	UptimeSeconds                int32                     `xml:"uptimeSeconds"`
	SsdSwappedMemory             int64                     `xml:"ssdSwappedMemory"`
}

// GuestDiskInfo is a file system of a guest.
type GuestDiskInfo struct {
	types.DynamicData

	DiskPath       string `xml:"diskPath"`
	Capacity       int64  `xml:"capacity"`
	FreeSpace      int64  `xml:"freeSpace"`
	FilesystemType string `xml:"filesystemType,omitempty"`
}

// ArrayOfGuestDiskInfo is how a property of several is written.
type ArrayOfGuestDiskInfo struct {
	GuestDiskInfo []GuestDiskInfo `xml:"GuestDiskInfo,omitempty"`
}

// PerfMetricIntSeries is the values of one counter.
type PerfMetricIntSeries struct {
	types.PerfMetricSeries

	Value []int64 `xml:"value"`
}

// withZeros gives a property as a vCenter writes it.
func withZeros(value types.AnyType) types.AnyType {
	switch v := value.(type) {
	case types.VirtualMachineQuickStats:
		if v.UptimeSeconds == 0 {
			// It does not run: what is not measured is not there.
			return v
		}
		return VirtualMachineQuickStats{
			OverallCpuUsage: v.OverallCpuUsage, OverallCpuDemand: v.OverallCpuDemand,
			GuestMemoryUsage: v.GuestMemoryUsage, HostMemoryUsage: v.HostMemoryUsage,
			GuestHeartbeatStatus: v.GuestHeartbeatStatus, DistributedCpuEntitlement: v.DistributedCpuEntitlement,
			DistributedMemoryEntitlement: v.DistributedMemoryEntitlement, StaticCpuEntitlement: v.StaticCpuEntitlement,
			StaticMemoryEntitlement: v.StaticMemoryEntitlement, PrivateMemory: v.PrivateMemory,
			SharedMemory: v.SharedMemory, SwappedMemory: v.SwappedMemory, BalloonedMemory: v.BalloonedMemory,
			ConsumedOverheadMemory: v.ConsumedOverheadMemory, FtLatencyStatus: types.ManagedEntityStatusGray,
			CompressedMemory: v.CompressedMemory, UptimeSeconds: v.UptimeSeconds, SsdSwappedMemory: v.SsdSwappedMemory,
		}
	case *types.ArrayOfGuestDiskInfo:
		disks := &ArrayOfGuestDiskInfo{}
		for _, each := range v.GuestDiskInfo {
			disks.GuestDiskInfo = append(disks.GuestDiskInfo, GuestDiskInfo{
				DiskPath: each.DiskPath, Capacity: each.Capacity, FreeSpace: each.FreeSpace, FilesystemType: each.FilesystemType,
			})
		}
		return disks
	}
	return value
}
