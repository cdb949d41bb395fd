package main

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/vpx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	realtime   = 20  // seconds between two samples of a host or a machine
	historical = 300 // of everything else
	kept       = 180 // realtime samples of the last hour
	lastDay    = 288 // historical samples
)

// performance answers as a vCenter does: samples lie on the 20 s grid, what does not run has none, a counter that an
// object does not have gives no series, and an object that is gone spoils the whole request.
type performance struct {
	simulator.PerformanceManager

	names     map[int32]string
	supported map[string]map[int32]bool // kind of object to the counters of its sum
	parts     map[string]map[int32]bool // and to those of its parts
	silence   silence
}

// silence is what tests take away.
type silence struct {
	sync.Mutex
	counters map[string]bool // their series come without a value
	objects  map[string]bool // moids that have no samples
	all      bool
	most     int // entities in one request; 0 is no limit
}

func newPerformance(stock *simulator.PerformanceManager) *performance {
	p := &performance{PerformanceManager: *stock, names: map[int32]string{}}
	for _, counter := range p.PerfCounter {
		p.names[counter.Key] = counter.GroupInfo.GetElementDescription().Key + "." +
			counter.NameInfo.GetElementDescription().Key + "." + string(counter.RollupType)
	}
	recorded := map[string][]types.PerfMetricId{
		"VirtualMachine": vpx.VmMetrics, "HostSystem": vpx.HostMetrics, "ResourcePool": vpx.ResourcePoolMetrics,
		"ClusterComputeResource": vpx.ClusterMetrics, "Datastore": vpx.DatastoreMetrics, "Datacenter": vpx.DatacenterMetrics,
	}
	p.supported, p.parts = map[string]map[int32]bool{}, map[string]map[int32]bool{}
	for kind, ids := range recorded {
		p.supported[kind], p.parts[kind] = map[int32]bool{}, map[int32]bool{}
		for _, id := range ids {
			if id.Instance == "" {
				p.supported[kind][id.CounterId] = true
			} else {
				p.parts[kind][id.CounterId] = true
			}
		}
	}
	for id, name := range p.names {
		switch name {
		case "disk.read.average", "disk.write.average", "disk.usage.average":
			p.supported["VirtualMachine"][id] = true
		case "virtualDisk.totalReadLatency.average", "virtualDisk.totalWriteLatency.average",
			"virtualDisk.numberReadAveraged.average", "virtualDisk.numberWriteAveraged.average",
			"virtualDisk.read.average", "virtualDisk.write.average",
			"virtualDisk.readOIO.latest", "virtualDisk.writeOIO.latest":
			p.parts["VirtualMachine"][id] = true
		}
	}
	return p
}

// QueryPerf answers every object that has samples; those without are left out.
func (p *performance) QueryPerf(ctx *simulator.Context, req *types.QueryPerf) soap.HasFault {
	p.silence.Lock()
	defer p.silence.Unlock()
	if p.silence.most > 0 && len(req.QuerySpec) > p.silence.most {
		return &methods.QueryPerfBody{Fault_: invalid("querySpec.size")}
	}
	body := &methods.QueryPerfBody{Res: &types.QueryPerfResponse{}}
	for _, spec := range req.QuerySpec {
		if simulator.Map.Get(spec.Entity) == nil {
			return &methods.QueryPerfBody{Fault_: simulator.Fault(
				"The object '"+spec.Entity.String()+"' has already been deleted or has not been completely created",
				&types.ManagedObjectNotFound{Obj: spec.Entity})}
		}
		if spec.IntervalId == realtime && !sampled[spec.Entity.Type] {
			return &methods.QueryPerfBody{Fault_: invalid("querySpec.interval")}
		}
		for _, wish := range spec.MetricId {
			if _, known := p.names[wish.CounterId]; !known {
				return &methods.QueryPerfBody{Fault_: invalid("querySpec.metricId")}
			}
		}
		if !p.runs(spec.Entity) {
			continue
		}
		body.Res.Returnval = append(body.Res.Returnval, p.answer(spec))
	}
	return body
}

// sampled are the kinds that send samples themselves; figures of the others are added up every five minutes.
var sampled = map[string]bool{"VirtualMachine": true, "HostSystem": true}

// runs says whether an object has samples at all.
func (p *performance) runs(obj reference) bool {
	if p.silence.all || p.silence.objects[obj.Value] {
		return false
	}
	switch e := simulator.Map.Get(obj).(type) {
	case *simulator.VirtualMachine:
		return e.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn &&
			e.Runtime.ConnectionState == types.VirtualMachineConnectionStateConnected
	case *simulator.HostSystem:
		return e.Runtime.ConnectionState == types.HostSystemConnectionStateConnected &&
			e.Runtime.PowerState == types.HostSystemPowerStatePoweredOn
	}
	return p.supported[obj.Type] != nil
}

func (p *performance) answer(spec types.PerfQuerySpec) types.BasePerfEntityMetricBase {
	interval := spec.IntervalId
	if interval <= 0 {
		interval = realtime
	}
	times := sampleTimes(spec, interval)
	series := p.series(spec, times)
	base := types.PerfEntityMetricBase{Entity: spec.Entity}
	if spec.Format == "csv" {
		answer := &types.PerfEntityMetricCSV{PerfEntityMetricBase: base, SampleInfoCSV: timesCSV(times, interval)}
		for _, each := range series {
			answer.Value = append(answer.Value, types.PerfMetricSeriesCSV{PerfMetricSeries: each.PerfMetricSeries, Value: valuesCSV(each.Value)})
		}
		return answer
	}
	answer := &types.PerfEntityMetric{PerfEntityMetricBase: base}
	for _, at := range times {
		answer.SampleInfo = append(answer.SampleInfo, types.PerfSampleInfo{Timestamp: at, Interval: interval})
	}
	for _, each := range series {
		answer.Value = append(answer.Value, each)
	}
	return answer
}

// sampleTimes are the last times of the grid, oldest first; the last one is as old as a host needs to send it.
func sampleTimes(spec types.PerfQuerySpec, interval int32) []time.Time {
	end := time.Now().UTC()
	if spec.EndTime != nil && spec.EndTime.Before(end) {
		end = *spec.EndTime
	}
	last := end.Truncate(time.Duration(interval) * time.Second)
	number := int(spec.MaxSample)
	if interval != realtime {
		// The number of samples that somebody wants is for realtime ones only.
		number = lastDay
	} else if number <= 0 || number > kept {
		number = kept
	}
	var times []time.Time
	for n := number - 1; n >= 0; n-- {
		at := last.Add(-time.Duration(n) * time.Duration(interval) * time.Second)
		if spec.StartTime == nil || at.After(*spec.StartTime) {
			times = append(times, at)
		}
	}
	return times
}

func (p *performance) series(spec types.PerfQuerySpec, times []time.Time) []*PerfMetricIntSeries {
	var list []*PerfMetricIntSeries
	for _, wish := range spec.MetricId {
		name := p.names[wish.CounterId]
		for _, instance := range p.instances(spec.Entity, wish, name) {
			one := &PerfMetricIntSeries{}
			one.Id = types.PerfMetricId{CounterId: wish.CounterId, Instance: instance}
			if !p.silence.counters[name] && !(spec.Entity.Type == "VirtualMachine" && wordless[name]) {
				for _, at := range times {
					one.Value = append(one.Value, valueOf(spec.Entity, name, instance, at))
				}
			}
			list = append(list, one)
		}
	}
	return list
}

// wordless counters are listed for machines, and their series come without a value.
var wordless = map[string]bool{"power.power.average": true, "power.energy.summation": true}

func timesCSV(times []time.Time, interval int32) string {
	var parts []string
	for _, at := range times {
		parts = append(parts, strconv.Itoa(int(interval)), at.Format("2006-01-02T15:04:05Z"))
	}
	return strings.Join(parts, ",")
}

func valuesCSV(values []int64) string {
	parts := make([]string, len(values))
	for i, value := range values {
		parts[i] = strconv.FormatInt(value, 10)
	}
	return strings.Join(parts, ",")
}
