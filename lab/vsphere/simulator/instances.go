package main

import (
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// instances are the parts that a wish means: "" is the sum, "*" is the sum and every part.
func (p *performance) instances(obj reference, wish types.PerfMetricId, name string) []string {
	sum := p.supported[obj.Type][wish.CounterId] && !(strings.HasPrefix(name, "disk.") && onNFS(obj))
	switch {
	case wish.Instance == "":
		if sum {
			return []string{""}
		}
		return nil
	case wish.Instance != "*":
		if p.parts[obj.Type][wish.CounterId] && contains(partsOf(obj, name), wish.Instance) {
			return []string{wish.Instance}
		}
		return nil
	}
	var list []string
	if sum {
		list = append(list, "")
	}
	if p.parts[obj.Type][wish.CounterId] {
		list = append(list, partsOf(obj, name)...)
	}
	return list
}

// onNFS: a machine on NFS has no figures of disks, as there is no disk of the host's below it.
func onNFS(obj reference) bool {
	vm, ok := simulator.Map.Get(obj).(*simulator.VirtualMachine)
	if !ok || len(vm.Datastore) == 0 {
		return false
	}
	store, ok := simulator.Map.Get(vm.Datastore[0]).(*simulator.Datastore)
	return ok && store.Summary.Type == "NFS"
}

func partsOf(obj reference, name string) []string {
	group := strings.SplitN(name, ".", 2)[0]
	var list []string
	switch e := simulator.Map.Get(obj).(type) {
	case *simulator.VirtualMachine:
		switch group {
		case "cpu":
			list = numbers(int(e.Config.Hardware.NumCPU))
		case "net":
			list = []string{"4000"}
		case "virtualDisk":
			list = []string{"scsi0:0", "scsi0:1"}
		case "datastore":
			list = volumesOf(e.Datastore, e.Runtime.Host)
		}
	case *simulator.HostSystem:
		switch group {
		case "cpu":
			list = numbers(int(e.Summary.Hardware.NumCpuThreads))
		case "net":
			list = []string{"vmnic0", "vmnic1", "vmnic2", "vmnic3"}
		case "storageAdapter":
			list = []string{"vmhba64", "vmhba65"}
		case "disk":
			for lun := range e.Config.StorageDevice.ScsiLun {
				list = append(list, canonical(lun))
			}
		case "datastore":
			list = volumesOf(e.Datastore, &e.Self)
		}
	}
	return list
}

// volumesOf gives what ESXi calls datastores in its figures: the end of their URLs, of those that the host reaches.
func volumesOf(stores []reference, host *reference) []string {
	var list []string
	for _, ref := range stores {
		store, ok := simulator.Map.Get(ref).(*simulator.Datastore)
		if !ok || host == nil {
			continue
		}
		for _, mount := range store.Host {
			if mount.Key == *host && isTrue(mount.MountInfo.Mounted) && isTrue(mount.MountInfo.Accessible) {
				list = append(list, volumeIn(store.Summary.Url))
			}
		}
	}
	return list
}

func volumeIn(url string) string {
	url = strings.TrimSuffix(url, "/")
	return url[strings.LastIndex(url, "/")+1:]
}

func numbers(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return list
}
