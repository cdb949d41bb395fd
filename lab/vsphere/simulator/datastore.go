package main

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const storeCapacity = int64(16) << 40

// makeDatastores makes the estate's datastores out of the simulator's only one, which lists itself once for each host.
func (s *site) makeDatastores() {
	first := all("Datastore")[0].(*simulator.Datastore)
	folder := simulator.Map.Get(s.datacenter.DatastoreFolder).(*simulator.Folder)
	folder.ChildEntity, s.datacenter.Datastore = nil, nil
	for i, wish := range s.estate.Datastores {
		store := new(simulator.Datastore)
		*store = *first
		store.Self = reference{Type: "Datastore", Value: s.next("datastore")}
		store.Vm, store.Host = nil, nil
		s.settleDatastore(store, wish, i)
		folder.ChildEntity = append(folder.ChildEntity, store.Self)
		s.datacenter.Datastore = append(s.datacenter.Datastore, store.Self)
		s.stores = append(s.stores, store)
		simulator.Map.PutEntity(folder, store)
	}
	simulator.Map.Remove(first.Self)
}

func (s *site) settleDatastore(store *simulator.Datastore, wish datastoreWish, lun int) {
	marks, dice := traitsOf(wish.Traits), draw("datastore", wish.Name)
	store.Name = wish.Name
	free := storeCapacity/5 + dice.Int63n(storeCapacity/2)
	if marks["full"] {
		free = storeCapacity / 50
	}
	store.Summary = types.DatastoreSummary{
		Datastore: &store.Self, Name: wish.Name, Url: "ds:///vmfs/volumes/" + volume(wish) + "/",
		Capacity: storeCapacity, FreeSpace: free, Uncommitted: dice.Int63n(storeCapacity / 2),
		Accessible: !marks["inaccessible"], MultipleHostAccess: yes(), Type: wish.Type,
		MaintenanceMode: string(types.DatastoreSummaryMaintenanceModeStateNormal),
	}
	if marks["maintenance"] {
		store.Summary.MaintenanceMode = string(types.DatastoreSummaryMaintenanceModeStateInMaintenance)
	}
	marked[volume(wish)] = marks
	info := types.DatastoreInfo{Name: wish.Name, Url: store.Summary.Url, FreeSpace: free, MaxFileSize: 1 << 46}
	switch wish.Type {
	case "VMFS":
		store.Info = &types.VmfsDatastoreInfo{DatastoreInfo: info, Vmfs: &types.HostVmfsVolume{
			HostFileSystemVolume: types.HostFileSystemVolume{Type: "VMFS", Name: wish.Name, Capacity: storeCapacity},
			BlockSizeMb:          1, MaxBlocks: 63963136, MajorVersion: 6, Version: "6.82",
			Uuid:   volume(wish),
			Extent: []types.HostScsiDiskPartition{{DiskName: canonical(lun), Partition: 1}},
			Local:  no(), Ssd: yes(),
		}}
	case "NFS":
		store.Info = &types.NasDatastoreInfo{DatastoreInfo: info, Nas: &types.HostNasVolume{
			HostFileSystemVolume: types.HostFileSystemVolume{Type: "NFS", Name: wish.Name, Capacity: storeCapacity},
			RemoteHost:           s.estate.IPv4 + ".200", RemotePath: "/vol/" + wish.Name,
		}}
	default:
		store.Info = &info
	}
}

// volume is how ESXi knows a datastore: by the UUID of its file system, or by a digest of where it is mounted from.
func volume(wish datastoreWish) string {
	sum := digest("volume", wish.Name)
	switch wish.Type {
	case "VMFS":
		return fmt.Sprintf("%08x-%08x-%04x-%012x", uint32(sum>>32), uint32(sum), uint16(sum>>8), sum>>3&0xffffffffffff)
	case "vsan":
		return fmt.Sprintf("vsan:52%014x-%016x", sum>>8, sum)
	}
	return fmt.Sprintf("%08x-%08x", uint32(sum>>32), uint32(sum))
}

// storeFor gives the datastore of a machine, always the same one.
func (s *site) storeFor(wish machineWish) *simulator.Datastore {
	return s.stores[digest("store", wish.Name)%uint64(len(s.stores))]
}
