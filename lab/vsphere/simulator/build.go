package main

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
)

// site is where a vCenter's things are put: one datacenter, its folders, and what its first host and machine look like.
type site struct {
	estate     *estate
	datacenter *simulator.Datacenter
	vms        *simulator.Folder
	stores     []*simulator.Datastore
	folders    map[string]*simulator.Folder
	pattern    simulator.VirtualMachine
	serial     int
}

// here is the one site of this process.
var here *site

// build makes the model of an estate. The simulator makes one host and one machine of each cluster; the others are
// copies of them, as making each by a task takes half a minute for ten thousand.
func build(e *estate) (*simulator.Model, error) {
	m := simulator.VPX()
	m.Datacenter, m.Cluster, m.ClusterHost, m.Host = 1, len(e.Clusters), 1, 0
	m.Machine, m.Datastore, m.Portgroup, m.Autostart = 1, 1, 1, true
	// The lab has several vCenters, and each has an identity of its own.
	m.ServiceContent.About.InstanceUuid = fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(digest("vcenter", e.Name)), digest(e.Name)&0xffffffffffff)
	if err := m.Create(); err != nil {
		return nil, err
	}
	s := &site{estate: e, folders: map[string]*simulator.Folder{}}
	here = s
	s.datacenter = simulator.Map.Any("Datacenter").(*simulator.Datacenter)
	s.vms = simulator.Map.Get(s.datacenter.VmFolder).(*simulator.Folder)
	s.datacenter.Name = e.Datacenter
	clusters := all("ClusterComputeResource")
	first := machines()
	s.pattern = *first[0]
	s.makeDatastores()
	for _, vm := range first {
		s.remove(vm)
	}
	for i, wish := range e.Clusters {
		s.makeCluster(clusters[i].(*simulator.ClusterComputeResource), wish)
	}
	s.makeAlarms()
	s.makeLicences()
	s.makeAttributes()
	s.makeCertificates()
	return m, nil
}

func (s *site) next(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s-%d", prefix, 1000+s.serial)
}

// remove takes the simulator's own machine away again: its name and files are not those of the estate.
func (s *site) remove(vm *simulator.VirtualMachine) {
	host := simulator.Map.Get(*vm.Runtime.Host).(*simulator.HostSystem)
	pool := simulator.Map.Get(*vm.ResourcePool).(*simulator.ResourcePool)
	simulator.RemoveReference(&host.Vm, vm.Self)
	simulator.RemoveReference(&pool.Vm, vm.Self)
	simulator.RemoveReference(&s.vms.ChildEntity, vm.Self)
	simulator.Map.Remove(vm.Self)
}

func (s *site) makeCluster(cluster *simulator.ClusterComputeResource, wish clusterWish) {
	s.christen(cluster)
	cluster.Name = wish.Name
	cluster.Datastore = nil
	for i, host := range wish.Hosts {
		if i == 0 {
			s.settleHost(simulator.Map.Get(cluster.Host[0]).(*simulator.HostSystem), cluster, host)
			continue
		}
		made := simulator.NewHostSystem(esx.HostSystem)
		simulator.Map.PutEntity(cluster, simulator.Map.NewEntity(made))
		made.Summary.Host = &made.Self
		made.Network = cluster.Network[:1]
		cluster.Host = append(cluster.Host, made.Self)
		s.settleHost(made, cluster, host)
	}
	for _, store := range s.stores {
		cluster.Datastore = append(cluster.Datastore, store.Self)
	}
	for i, machine := range wish.Machines {
		host := simulator.Map.Get(cluster.Host[i%len(cluster.Host)]).(*simulator.HostSystem)
		if host.Runtime.InMaintenanceMode {
			// Nothing runs where somebody works.
			host = simulator.Map.Get(cluster.Host[(i+1)%len(cluster.Host)]).(*simulator.HostSystem)
		}
		s.makeMachine(machine, cluster, host)
	}
	s.settleCluster(cluster)
}

// christen calls a cluster as vCenter calls its own: domain-c and a number.
func (s *site) christen(cluster *simulator.ClusterComputeResource) {
	old := cluster.Self
	simulator.Map.Remove(old)
	s.serial++
	cluster.Self.Value = fmt.Sprintf("domain-c%d", 1000+s.serial)
	simulator.Map.Put(cluster)
	for _, ref := range cluster.Host {
		simulator.Map.Get(ref).(*simulator.HostSystem).Parent = &cluster.Self
	}
	pool := simulator.Map.Get(*cluster.ResourcePool).(*simulator.ResourcePool)
	pool.Parent, pool.Owner = &cluster.Self, cluster.Self
	folder := simulator.Map.Get(*cluster.Parent).(*simulator.Folder)
	for i, child := range folder.ChildEntity {
		if child == old {
			folder.ChildEntity[i] = cluster.Self
		}
	}
}

// folder gives the folder of machines with this name, made when it is not there.
func (s *site) folder(name string) *simulator.Folder {
	if name == "" {
		return s.vms
	}
	if f, ok := s.folders[name]; ok {
		return f
	}
	f := new(simulator.Folder)
	f.Self = reference{Type: "Folder", Value: s.next("group-v")}
	f.Name = name
	f.ChildType = s.vms.ChildType
	s.vms.ChildEntity = append(s.vms.ChildEntity, f.Self)
	simulator.Map.PutEntity(s.vms, f)
	s.folders[name] = f
	return f
}

// makeMachine puts a copy of the pattern into its folder, on its host, and makes it what was wished for.
func (s *site) makeMachine(wish machineWish, cluster *simulator.ClusterComputeResource, host *simulator.HostSystem) *simulator.VirtualMachine {
	vm := new(simulator.VirtualMachine)
	*vm = s.pattern
	vm.Self = reference{Type: "VirtualMachine", Value: s.next("vm")}
	vm.Name = wish.Name
	vm.Parent = nil
	vm.ResourcePool = cluster.ResourcePool
	vm.Summary.Vm = &vm.Self
	store := s.storeFor(wish)
	vm.Datastore = []reference{store.Self}
	vm.Network = cluster.Network[len(cluster.Network)-1:]
	on := host.Self
	vm.Runtime.Host = &on
	s.settleMachine(vm, wish, host, store)
	folder := s.folder(wish.Folder)
	folder.ChildEntity = append(folder.ChildEntity, vm.Self)
	host.Vm = append(host.Vm, vm.Self)
	store.Vm = append(store.Vm, vm.Self)
	pool := simulator.Map.Get(*cluster.ResourcePool).(*simulator.ResourcePool)
	pool.Vm = append(pool.Vm, vm.Self)
	status := vm.OverallStatus
	simulator.Map.PutEntity(folder, vm)
	if status != "" {
		vm.OverallStatus = status
	}
	return vm
}
