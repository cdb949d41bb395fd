package main

import (
	"hash/fnv"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// span is between what and what the values of a counter lie.
type span struct{ low, high int64 }

// spans of what a NOC watches, in vCenter's units: percent in hundredths, milliseconds of 20 s, kilobytes.
var spans = map[string]map[string]span{
	"VirtualMachine": {
		"cpu.usage.average": {200, 6500}, "cpu.usagemhz.average": {50, 6000}, "cpu.demand.average": {60, 6400},
		"cpu.ready.summation": {5, 300}, "cpu.costop.summation": {0, 20}, "cpu.maxlimited.summation": {0, 0},
		"cpu.idle.summation": {8000, 70000}, "cpu.latency.average": {10, 200},
		"mem.usage.average": {800, 7000}, "mem.consumed.average": {1 << 20, 24 << 20}, "mem.active.average": {1 << 18, 8 << 20},
		"mem.vmmemctl.average": {0, 0}, "mem.swapped.average": {0, 0}, "mem.swapinRate.average": {0, 0},
		"mem.swapoutRate.average": {0, 0}, "mem.compressed.average": {0, 0}, "mem.latency.average": {0, 40},
		"disk.maxTotalLatency.latest": {0, 6}, "disk.read.average": {0, 4000}, "disk.write.average": {20, 9000},
		"disk.usage.average": {40, 12000}, "virtualDisk.totalReadLatency.average": {0, 6},
		"virtualDisk.totalWriteLatency.average": {0, 8}, "datastore.maxTotalLatency.latest": {0, 6},
		"virtualDisk.numberReadAveraged.average": {0, 60}, "virtualDisk.numberWriteAveraged.average": {1, 140},
		"virtualDisk.read.average": {0, 2000}, "virtualDisk.write.average": {10, 4500},
		"virtualDisk.readOIO.latest": {0, 3}, "virtualDisk.writeOIO.latest": {0, 6},
		"net.received.average": {1, 20000}, "net.transmitted.average": {1, 20000}, "net.bytesRx.average": {1, 20000},
		"net.bytesTx.average": {1, 20000}, "net.usage.average": {2, 40000},
		"net.droppedRx.summation": {0, 0}, "net.droppedTx.summation": {0, 0},
		"net.broadcastRx.summation": {0, 400}, "net.broadcastTx.summation": {0, 10},
		"net.multicastRx.summation": {0, 200}, "net.multicastTx.summation": {0, 10},
		"net.packetsRx.summation": {100, 90000}, "net.packetsTx.summation": {100, 90000},
	},
	"HostSystem": {
		"cpu.usage.average": {1500, 6500}, "cpu.usagemhz.average": {20000, 90000}, "cpu.demand.average": {20000, 95000},
		"cpu.ready.summation": {2000, 60000}, "cpu.costop.summation": {0, 3000}, "cpu.swapwait.summation": {0, 0},
		"cpu.idle.summation": {400000, 2000000}, "cpu.used.summation": {200000, 900000}, "cpu.latency.average": {50, 500},
		"cpu.utilization.average": {1500, 6500},
		"mem.usage.average":       {3000, 8500}, "mem.active.average": {20 << 20, 200 << 20}, "mem.consumed.average": {300 << 20, 900 << 20},
		"mem.vmmemctl.average": {0, 0}, "mem.swapin.average": {0, 0}, "mem.swapout.average": {0, 0},
		"mem.swapinRate.average": {0, 0}, "mem.swapoutRate.average": {0, 0}, "mem.swapused.average": {0, 0},
		"mem.latency.average": {0, 20}, "mem.state.latest": {0, 0},
		"disk.maxTotalLatency.latest": {0, 8}, "disk.read.average": {1000, 90000}, "disk.write.average": {4000, 180000},
		"disk.usage.average": {5000, 250000}, "disk.deviceLatency.average": {0, 6}, "disk.kernelLatency.average": {0, 1},
		"datastore.maxTotalLatency.latest": {0, 9}, "datastore.totalReadLatency.average": {0, 5},
		"datastore.totalWriteLatency.average": {0, 7}, "datastore.numberReadAveraged.average": {0, 300},
		"datastore.numberWriteAveraged.average": {5, 700}, "datastore.read.average": {0, 12000},
		"datastore.write.average": {40, 30000},
		"net.bytesRx.average":     {2000, 300000}, "net.bytesTx.average": {2000, 300000}, "net.usage.average": {4000, 600000},
		"net.received.average": {2000, 300000}, "net.transmitted.average": {2000, 300000},
		"net.droppedRx.summation": {0, 0}, "net.droppedTx.summation": {0, 0},
		"net.errorsRx.summation": {0, 0}, "net.errorsTx.summation": {0, 0},
		"power.power.average": {210, 510}, "power.powerCap.average": {800, 800}, "power.energy.summation": {4200, 10200},
	},
}

// other is for counters that nobody watches.
var other = span{0, 1000}

// marked are the traits of hosts and machines by moid, and of datastores by what ESXi calls them.
var marked = map[string]traits{}

// valueOf gives the value of a counter at a time: the same to everybody who asks, in every lab.
func valueOf(obj reference, name, instance string, at time.Time) int64 {
	if strings.HasPrefix(name, "vmop.") {
		return deedsUntil(obj, name, at)
	}
	within, known := spans[obj.Type][name]
	if !known {
		within = other
	}
	if within = strained(obj, name, instance, within); within.high <= within.low {
		return within.low
	}
	// The middle is the object's own, and each sample lies within a tenth of the span around it.
	width := within.high - within.low
	middle := within.low + int64(fast(obj.Value, name, instance, 0)%uint64(width+1))
	value := middle + int64(fast(obj.Value, name, instance, at.Unix())%uint64(width/5+1)) - width/10
	if value < within.low {
		return within.low
	}
	if value > within.high {
		return within.high
	}
	return value
}

// deedsUntil is how often something was done to machines of a cluster since it is there: it only grows.
func deedsUntil(obj reference, name string, at time.Time) int64 {
	if c, ok := simulator.Map.Get(obj).(*simulator.ClusterComputeResource); ok && name == "vmop.numVMotion.latest" {
		if sum, ok := c.Summary.(*types.ClusterComputeResourceSummary); ok {
			return int64(sum.NumVmotions)
		}
	}
	// One in ten minutes to one in an hour and a half, since 2026.
	pause := int64(600 + 300*(fast(obj.Value, name, "", 0)%16))
	return (at.Unix() - 1767225600) / pause
}

// strained is the span of an object, or of a part of it, that is in trouble.
func strained(obj reference, name, instance string, within span) span {
	if marked[instance]["slow"] && strings.HasPrefix(name, "datastore.total") {
		return span{45, 95}
	}
	marks := marked[obj.Value]
	if len(marks) == 0 {
		return within
	}
	switch {
	case marks["cpu-ready"] && name == "cpu.ready.summation":
		return span{6000, 9000}
	case marks["disk-slow"] && (name == "disk.maxTotalLatency.latest" || strings.HasPrefix(name, "virtualDisk.total")):
		return span{80, 140}
	case marks["ballooned"] && name == "mem.vmmemctl.average":
		vm, ok := simulator.Map.Get(obj).(*simulator.VirtualMachine)
		if ok {
			amount := int64(vm.Summary.QuickStats.BalloonedMemory) << 10
			return span{amount, amount}
		}
	case marks["ballooned"] && (name == "mem.swapinRate.average" || name == "mem.swapoutRate.average"):
		return span{100, 900}
	}
	return within
}

// fast is a hash without formatting: ten thousand machines want a quarter of a million of them every 20 seconds.
func fast(moid, name, instance string, at int64) uint64 {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(moid))
	_, _ = sum.Write([]byte(name))
	_, _ = sum.Write([]byte(instance))
	_, _ = sum.Write([]byte{byte(at), byte(at >> 8), byte(at >> 16), byte(at >> 24), byte(at >> 32)})
	mixed := sum.Sum64()
	return mixed ^ mixed>>29
}
