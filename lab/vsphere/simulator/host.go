package main

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	hostCores     = 64
	hostCoreMhz   = 2400
	hostMemory    = int64(1) << 40
	hostWattsIdle = 210
	hostNics      = 4
	nicSpeedMb    = 25000
	hostCPUModel  = "Intel(R) Xeon(R) Gold 6438Y+"
	hostVersion   = "8.0.2"
	hostBuild     = "24585300"
	oldHostBuild  = "22380479"
	hostFullName  = "VMware ESXi 8.0.2 build-"
)

// settleHost makes a host what a NOC sees of a server with two processors and two paths to everything.
func (s *site) settleHost(h *simulator.HostSystem, cluster *simulator.ClusterComputeResource, wish hostWish) {
	marks := traitsOf(wish.Traits)
	dice := draw("host", wish.Name)
	marked[h.Self.Value] = marks
	h.Name = wish.Name
	h.Summary.Config.Name = wish.Name
	build := hostBuild
	if marks["old-build"] {
		build = oldHostBuild
	}
	h.Summary.Config.Product = &types.AboutInfo{
		Name: "VMware ESXi", FullName: hostFullName + build, Vendor: "VMware, Inc.", Version: hostVersion, Build: build,
		LocaleVersion: "INTL", LocaleBuild: "000", OsType: "vmnix-x86", ProductLineId: "embeddedEsx",
		ApiType: "HostAgent", ApiVersion: "8.0.2.0",
	}
	h.Config.Product = *h.Summary.Config.Product
	h.Summary.Hardware.Vendor, h.Summary.Hardware.Model = "Dell Inc.", wish.Model
	h.Summary.Hardware.CpuModel = hostCPUModel
	h.Summary.Hardware.CpuMhz, h.Summary.Hardware.MemorySize = hostCoreMhz, hostMemory
	h.Summary.Hardware.NumCpuPkgs, h.Summary.Hardware.NumCpuCores, h.Summary.Hardware.NumCpuThreads = 2, hostCores, 2*hostCores
	h.Summary.Hardware.NumNics, h.Summary.Hardware.NumHBAs = hostNics, 2
	h.Hardware.SystemInfo.Vendor, h.Hardware.SystemInfo.Model = "Dell Inc.", wish.Model
	h.Hardware.SystemInfo.OtherIdentifyingInfo = serialNumber(wish.Serial)
	h.Summary.Hardware.OtherIdentifyingInfo = h.Hardware.SystemInfo.OtherIdentifyingInfo
	h.Hardware.MemorySize = hostMemory

	boot := ago(float64(86400 * (3 + dice.Intn(400))))
	h.Runtime.BootTime = &boot
	h.Runtime.ConnectionState = types.HostSystemConnectionStateConnected
	h.Runtime.PowerState = types.HostSystemPowerStatePoweredOn
	h.Runtime.StandbyMode = string(types.HostStandbyModeNone)
	h.Runtime.InMaintenanceMode = marks["maintenance"]
	h.Runtime.InQuarantineMode = no()
	h.Runtime.HealthSystemRuntime = health(wish.Name, marks)
	h.Runtime.DasHostState = &types.ClusterDasFdmHostState{State: "connectedToMaster"}
	if len(cluster.Host) > 0 && cluster.Host[0] == h.Self {
		h.Runtime.DasHostState.State = "master"
	}
	if marks["maintenance"] {
		// Nobody fails over to a host in maintenance: its agent is not set up.
		h.Runtime.DasHostState = &types.ClusterDasFdmHostState{State: "uninitialized"}
	}
	h.Summary.QuickStats = types.HostListSummaryQuickStats{
		OverallCpuUsage:    int32(20000 + dice.Intn(60000)),
		OverallMemoryUsage: int32(300000 + dice.Intn(400000)),
		Uptime:             int32(born.Sub(boot).Seconds()),
	}
	h.Summary.OverallStatus = types.ManagedEntityStatusGreen
	h.Summary.ManagementServerIp = s.estate.IPv4 + ".37"
	h.Config.Network = network(wish.Name, marks)
	h.Config.StorageDevice = storage(wish.Name, marks, len(s.estate.Datastores))
	h.Config.Service = services(marks)
	h.Config.DateTimeInfo = &types.HostDateTimeInfo{
		TimeZone:  types.HostDateTimeSystemTimeZone{Key: "UTC", Name: "UTC", Description: "UTC"},
		NtpConfig: &types.HostNtpConfig{Server: []string{s.estate.IPv4 + ".53", s.estate.IPv4 + ".54"}},
	}
	h.Config.LockdownMode = types.HostLockdownModeLockdownNormal
	if marks["no-lockdown"] {
		h.Config.LockdownMode = types.HostLockdownModeLockdownDisabled
	}
	if marks["one-time-server"] {
		h.Config.DateTimeInfo.NtpConfig.Server = h.Config.DateTimeInfo.NtpConfig.Server[:1]
	}
	h.Config.Firewall = &types.HostFirewallInfo{
		DefaultPolicy: types.HostFirewallDefaultPolicy{IncomingBlocked: yes(), OutgoingBlocked: yes()},
	}
	settleOptions(h, marks, "tcp://"+s.estate.IPv4+".64:1514")
	h.Datastore = nil
	for _, store := range s.stores {
		h.Datastore = append(h.Datastore, store.Self)
		store.Host = append(store.Host, mountOf(h.Self))
	}
}

func serialNumber(serial string) []types.HostSystemIdentificationInfo {
	return []types.HostSystemIdentificationInfo{{
		IdentifierValue: serial,
		IdentifierType: &types.ElementDescription{
			Description: types.Description{Label: "Service tag", Summary: "Service tag of the system"},
			Key:         "ServiceTag",
		},
	}}
}

// network gives four ports, of which the last is a spare that nothing is plugged into.
func network(name string, marks traits) *types.HostNetworkInfo {
	info := &types.HostNetworkInfo{}
	for n := 0; n < hostNics; n++ {
		nic := types.PhysicalNic{
			Key:    fmt.Sprintf("key-vim.host.PhysicalNic-vmnic%d", n),
			Device: fmt.Sprintf("vmnic%d", n), Pci: fmt.Sprintf("0000:3b:00.%d", n), Driver: "bnxtnet",
			Mac:       macOf(name, n),
			LinkSpeed: &types.PhysicalNicLinkInfo{SpeedMb: nicSpeedMb, Duplex: true},
		}
		if n == hostNics-1 || n == 1 && marks["nic-down"] {
			// A port without a link has no speed at all.
			nic.LinkSpeed = nil
		}
		if n == 0 && marks["nic-slow"] {
			nic.LinkSpeed.SpeedMb = 1000
		}
		info.Pnic = append(info.Pnic, nic)
	}
	return info
}

func macOf(name string, n int) string {
	sum := digest("mac", name)
	return fmt.Sprintf("00:50:56:%02x:%02x:%02x", byte(sum>>16), byte(sum>>8), byte(sum)&0xf8|byte(n))
}

func services(marks traits) *types.HostServiceInfo {
	return &types.HostServiceInfo{Service: []types.HostService{
		{Key: "ntpd", Label: "NTP Daemon", Running: !marks["ntp-off"], Policy: "on"},
		{Key: "TSM-SSH", Label: "SSH", Running: marks["ssh-on"], Policy: "off"},
		{Key: "TSM", Label: "ESXi Shell", Running: false, Policy: "off"},
		{Key: "vpxa", Label: "VMware vCenter Agent", Running: true, Required: true, Policy: "on"},
		{Key: "snmpd", Label: "SNMP Server", Running: false, Policy: "off"},
	}}
}

func mountOf(host reference) types.DatastoreHostMount {
	return types.DatastoreHostMount{Key: host, MountInfo: types.HostMountInfo{
		Path: "/vmfs/volumes", AccessMode: string(types.HostMountModeReadWrite), Mounted: yes(), Accessible: yes(),
	}}
}
