package main

import (
	"fmt"

	"github.com/vmware/govmomi/vim25/types"
)

// storage gives two Fibre Channel adapters and, for every LUN, one path over each to each of two controllers.
func storage(name string, marks traits, luns int) *types.HostStorageDeviceInfo {
	info := &types.HostStorageDeviceInfo{MultipathInfo: new(types.HostMultipathInfo)}
	for n := 0; n < 2; n++ {
		info.HostBusAdapter = append(info.HostBusAdapter, &types.HostFibreChannelHba{
			HostHostBusAdapter: types.HostHostBusAdapter{
				Key: adapterKey(n), Device: fmt.Sprintf("vmhba%d", 64+n), Bus: int32(n), Status: "online",
				Model: "QLE2742 Dual Port 32Gb Fibre Channel", Driver: "qlnativefc", Pci: fmt.Sprintf("0000:5e:00.%d", n),
			},
			PortWorldWideName: int64(0x2100f4c7aa000000) + int64(digest("wwn", name)&0xffff00) + int64(n),
			NodeWorldWideName: int64(0x2000f4c7aa000000) + int64(digest("wwn", name)&0xffff00) + int64(n),
			PortType:          types.FibreChannelPortTypeFabric, Speed: 32,
		})
	}
	for lun := 0; lun < luns; lun++ {
		unit := types.HostMultipathInfoLogicalUnit{
			Key: fmt.Sprintf("key-vim.host.MultipathInfo.LogicalUnit-%s", canonical(lun)),
			Id:  fmt.Sprintf("02000000006%014x", lun), Lun: lunKey(lun),
			Policy: &types.HostMultipathInfoLogicalUnitPolicy{Policy: "VMW_PSP_RR"},
		}
		for n := 0; n < 4; n++ {
			unit.Path = append(unit.Path, path(lun, n, marks["path-dead"] && n == 3))
		}
		info.MultipathInfo.Lun = append(info.MultipathInfo.Lun, unit)
		info.ScsiLun = append(info.ScsiLun, disk(lun))
	}
	return info
}

func path(lun, n int, dead bool) types.HostMultipathInfoPath {
	adapter, target := n%2, n/2
	p := types.HostMultipathInfoPath{
		Key:           fmt.Sprintf("key-vim.host.MultipathInfo.Path-vmhba%d:C0:T%d:L%d", 64+adapter, target, lun),
		Name:          fmt.Sprintf("vmhba%d:C0:T%d:L%d", 64+adapter, target, lun),
		PathState:     "active",
		State:         "active",
		IsWorkingPath: types.NewBool(true),
		Adapter:       adapterKey(adapter),
		Lun:           lunKey(lun),
		Transport: &types.HostFibreChannelTargetTransport{
			PortWorldWideName: 0x500a098100000000 + int64(target), NodeWorldWideName: 0x500a098000000000,
		},
	}
	setPath(&p, dead)
	return p
}

// setPath kills a path or brings it back.
func setPath(p *types.HostMultipathInfoPath, dead bool) {
	p.PathState, p.State, p.IsWorkingPath = "active", "active", yes()
	if dead {
		p.PathState, p.State, p.IsWorkingPath = "dead", "dead", no()
	}
}

func disk(lun int) *types.HostScsiDisk {
	return &types.HostScsiDisk{
		ScsiLun: types.ScsiLun{
			HostDevice:    types.HostDevice{DeviceName: "/vmfs/devices/disks/" + canonical(lun), DeviceType: "disk"},
			Key:           lunKey(lun),
			Uuid:          fmt.Sprintf("02000000006%014x", lun),
			CanonicalName: canonical(lun), DisplayName: fmt.Sprintf("Fibre Channel Disk (%s)", canonical(lun)),
			LunType: "disk", Vendor: "NETAPP", Model: "LUN C-Mode", Revision: "9131",
			OperationalState: []string{"ok"}, VStorageSupport: "vStorageSupported",
		},
		Capacity:   types.HostDiskDimensionsLba{BlockSize: 512, Block: storeCapacity / 512},
		DevicePath: "/vmfs/devices/disks/" + canonical(lun), Ssd: yes(), LocalDisk: no(),
	}
}

func adapterKey(n int) string {
	return fmt.Sprintf("key-vim.host.FibreChannelHba-vmhba%d", 64+n)
}

func canonical(lun int) string {
	return fmt.Sprintf("naa.600a0980383%05x2b3f%08x", lun, lun)
}

func lunKey(lun int) string {
	return "key-vim.host.ScsiDisk-" + canonical(lun)
}
