package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// settleCluster turns high availability and load balancing on: one host may fail.
func (s *site) settleCluster(c *simulator.ClusterComputeResource) {
	config := c.ConfigurationEx.(*types.ClusterConfigInfoEx)
	config.DasConfig = types.ClusterDasConfigInfo{
		Enabled: yes(), VmMonitoring: "vmMonitoringDisabled", HostMonitoring: "enabled", VmComponentProtecting: "enabled",
		FailoverLevel: 1, AdmissionControlEnabled: yes(),
		AdmissionControlPolicy:     &types.ClusterFailoverLevelAdmissionControlPolicy{FailoverLevel: 1},
		HBDatastoreCandidatePolicy: "allFeasibleDsWithUserPreference",
	}
	config.DrsConfig = types.ClusterDrsConfigInfo{
		Enabled: yes(), EnableVmBehaviorOverrides: yes(), DefaultVmBehavior: types.DrsBehaviorFullyAutomated, VmotionRate: 3,
	}
	config.DpmConfigInfo = &types.ClusterDpmConfigInfo{Enabled: no()}
	c.OverallStatus = types.ManagedEntityStatusGreen
	sum := summaryOf(c)
	c.Summary = sum
	settlePool(simulator.Map.Get(*c.ResourcePool).(*simulator.ResourcePool), sum)
}

// settlePool says what a cluster's pool uses of what it has; memory in bytes here.
func settlePool(pool *simulator.ResourcePool, sum *types.ClusterComputeResourceSummary) {
	most, used := int64(sum.EffectiveCpu), int64(sum.UsageSummary.CpuDemandMhz)
	pool.Runtime.Cpu = types.ResourcePoolResourceUsage{
		UnreservedForPool: most, UnreservedForVm: most, OverallUsage: used, MaxUsage: most,
	}
	most, used = sum.EffectiveMemory<<20, int64(sum.UsageSummary.MemDemandMB)<<20
	pool.Runtime.Memory = types.ResourcePoolResourceUsage{
		UnreservedForPool: most, UnreservedForVm: most, OverallUsage: used, MaxUsage: most,
	}
	pool.Runtime.OverallStatus = types.ManagedEntityStatusGreen
}

// summaryOf counts a cluster's hosts as vCenter does: those that are connected and not in maintenance are effective.
func summaryOf(c *simulator.ClusterComputeResource) *types.ClusterComputeResourceSummary {
	old, _ := c.Summary.(*types.ClusterComputeResourceSummary)
	sum := &types.ClusterComputeResourceSummary{UsageSummary: new(types.ClusterUsageSummary)}
	if old != nil {
		sum.NumVmotions = old.NumVmotions
	}
	usage := sum.UsageSummary
	for _, ref := range c.Host {
		h := simulator.Map.Get(ref).(*simulator.HostSystem)
		hardware := h.Summary.Hardware
		mhz := int32(hardware.NumCpuCores) * hardware.CpuMhz
		sum.NumHosts++
		sum.TotalCpu += mhz
		sum.TotalMemory += hardware.MemorySize
		sum.NumCpuCores += hardware.NumCpuCores
		sum.NumCpuThreads += hardware.NumCpuThreads
		if h.Runtime.ConnectionState == types.HostSystemConnectionStateConnected && !h.Runtime.InMaintenanceMode {
			sum.NumEffectiveHosts++
			sum.EffectiveCpu += mhz
			// In megabytes, unlike the total, and less what ESXi keeps for itself.
			sum.EffectiveMemory += hardware.MemorySize>>20 - 8192
			usage.CpuDemandMhz += h.Summary.QuickStats.OverallCpuUsage
			usage.MemDemandMB += h.Summary.QuickStats.OverallMemoryUsage
		}
		for _, each := range h.Vm {
			if vm, ok := simulator.Map.Get(each).(*simulator.VirtualMachine); ok {
				usage.TotalVmCount++
				if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOff {
					usage.PoweredOffVmCount++
				}
			}
		}
	}
	usage.TotalCpuCapacityMhz, usage.TotalMemCapacityMB = sum.EffectiveCpu, int32(sum.EffectiveMemory)
	usage.CpuEntitledMhz, usage.MemEntitledMB = usage.CpuDemandMhz, usage.MemDemandMB
	sum.OverallStatus = c.OverallStatus
	config := c.ConfigurationEx.(*types.ClusterConfigInfoEx)
	if isTrue(config.DasConfig.Enabled) {
		sum.CurrentFailoverLevel = failoverLevel(usage, sum.NumEffectiveHosts)
		sum.AdmissionControlInfo = &types.ClusterFailoverLevelAdmissionControlInfo{CurrentFailoverLevel: sum.CurrentFailoverLevel}
	}
	sum.TargetBalance, sum.CurrentBalance = 200, 80
	return sum
}

// failoverLevel is how many hosts may fail before what is asked for no longer fits into the rest.
func failoverLevel(usage *types.ClusterUsageSummary, effective int32) int32 {
	level := int32(0)
	for left := effective - 1; left > 0; left-- {
		if usage.MemDemandMB/left > int32(hostMemory>>20)*9/10 || usage.CpuDemandMhz/left > hostCores*hostCoreMhz*9/10 {
			break
		}
		level++
	}
	return level
}

func isTrue(b *bool) bool { return b != nil && *b }

func clusterOf(h *simulator.HostSystem) *simulator.ClusterComputeResource {
	c, _ := simulator.Map.Get(*h.Parent).(*simulator.ClusterComputeResource)
	return c
}

// recount brings a cluster's summary up to date after something happened to a host or a machine.
func recount(c *simulator.ClusterComputeResource) {
	if c != nil {
		c.Summary = summaryOf(c)
		touch(c.Self, "summary")
	}
}
