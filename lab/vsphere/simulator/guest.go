package main

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	toolsVersion    = "12389"
	oldToolsVersion = "10336"
)

// settleGuest gives what Tools tell of a guest: nothing without Tools, little while it is off.
func (s *site) settleGuest(vm *simulator.VirtualMachine, runs system, marks traits) {
	guest := &types.GuestInfo{
		ToolsStatus: types.VirtualMachineToolsStatusToolsOk, ToolsVersion: toolsVersion,
		ToolsVersionStatus: "guestToolsCurrent", ToolsVersionStatus2: "guestToolsCurrent",
		ToolsRunningStatus: "guestToolsRunning", ToolsInstallType: "guestToolsTypeOpenVMTools",
		GuestId: runs.id, GuestFamily: runs.family, GuestFullName: runs.name, HostName: hostName(vm.Name),
		GuestState: "running", GuestOperationsReady: yes(), AppHeartbeatStatus: "appStatusGray", HwVersion: "vmx-20",
		AppState: "none", GuestStateChangeSupported: yes(), InteractiveGuestOperationsReady: no(), GuestKernelCrashed: no(),
	}
	running := vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn
	switch {
	case marks["no-tools"], marks["template"]:
		guest = &types.GuestInfo{
			ToolsStatus: types.VirtualMachineToolsStatusToolsNotInstalled, ToolsVersion: "0",
			ToolsVersionStatus: "guestToolsNotInstalled", ToolsVersionStatus2: "guestToolsNotInstalled",
			ToolsRunningStatus: "guestToolsNotRunning", GuestState: "notRunning", HwVersion: "vmx-20",
		}
	case !running, marks["tools-stopped"]:
		guest.ToolsStatus = types.VirtualMachineToolsStatusToolsNotRunning
		guest.ToolsRunningStatus, guest.GuestState = "guestToolsNotRunning", "notRunning"
		guest.HostName, guest.GuestOperationsReady = "", no()
	default:
		if marks["old-tools"] {
			guest.ToolsStatus, guest.ToolsVersion = types.VirtualMachineToolsStatusToolsOld, oldToolsVersion
			guest.ToolsVersionStatus, guest.ToolsVersionStatus2 = "guestToolsNeedUpgrade", "guestToolsSupportedOld"
		}
		guest.Disk = volumes(vm, runs, marks)
		s.settleAddresses(guest, vm, marks)
	}
	vm.Guest = guest
	vm.Summary.Guest = &types.VirtualMachineGuestSummary{
		GuestId: guest.GuestId, GuestFullName: guest.GuestFullName, ToolsStatus: guest.ToolsStatus,
		ToolsVersionStatus: guest.ToolsVersionStatus, ToolsVersionStatus2: guest.ToolsVersionStatus2,
		ToolsRunningStatus: guest.ToolsRunningStatus, HostName: guest.HostName, IpAddress: guest.IpAddress,
		HwVersion: guest.HwVersion,
	}
}

func volumes(vm *simulator.VirtualMachine, runs system, marks traits) []types.GuestDiskInfo {
	dice := draw("volumes", vm.Name)
	first, kind := "/", "ext4"
	if runs.family == "windowsGuest" {
		first, kind = "C:\\", "NTFS"
	}
	root := types.GuestDiskInfo{DiskPath: first, Capacity: 50 * gigabyte, FilesystemType: kind}
	root.FreeSpace = 5*gigabyte + dice.Int63n(30*gigabyte)
	data := types.GuestDiskInfo{DiskPath: runs.volume, Capacity: 200 * gigabyte, FilesystemType: kind}
	data.FreeSpace = 20*gigabyte + dice.Int63n(150*gigabyte)
	if marks["disk-full"] {
		// Full to the last byte: a zero that was measured.
		data.FreeSpace = 0
	}
	return []types.GuestDiskInfo{root, data}
}

// settleAddresses gives the guest an IPv4 and an IPv6 address of its own, and what else a network card shows.
func (s *site) settleAddresses(guest *types.GuestInfo, vm *simulator.VirtualMachine, marks traits) {
	var number int
	fmt.Sscanf(vm.Self.Value, "vm-%d", &number)
	v4 := fmt.Sprintf("%s.%d", s.estate.IPv4, 64+number%190)
	addresses := []string{v4}
	if !marks["no-ipv6"] {
		addresses = append(addresses, fmt.Sprintf("%s::%x", s.estate.IPv6, number), fmt.Sprintf("fe80::250:56ff:fe00:%x", number))
	}
	if marks["many-addresses"] {
		for n := 1; n <= 40; n++ {
			addresses = append(addresses, fmt.Sprintf("%s:%x::%x", s.estate.IPv6, n, number))
		}
	}
	guest.IpAddress = v4
	guest.Net = []types.GuestNicInfo{card("VM Network", macOf(vm.Name, 0), addresses)}
}

func card(network, mac string, addresses []string) types.GuestNicInfo {
	config := &types.NetIpConfigInfo{}
	for _, address := range addresses {
		length := int32(24)
		if strings.Contains(address, ":") {
			length = 64
		}
		config.IpAddress = append(config.IpAddress, types.NetIpConfigInfoIpAddress{
			IpAddress: address, PrefixLength: length, State: string(types.NetIpConfigInfoIpAddressStatusPreferred),
		})
	}
	return types.GuestNicInfo{
		Network: network, MacAddress: mac, Connected: true, DeviceConfigId: 4000, IpAddress: addresses, IpConfig: config,
	}
}

// hostName is a machine's name as a guest would have it.
func hostName(name string) string {
	clean := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}
	return strings.Map(clean, strings.ToLower(name)) + ".example.test"
}
