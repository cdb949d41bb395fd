package main

import (
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// filter is what one client wants to be told of.
type filter struct {
	mo.PropertyFilter

	owner *collector
	known map[reference]bool
}

// CreateFilter refuses paths that do not exist, as a vCenter does at once.
func (c *collector) CreateFilter(ctx *simulator.Context, req *types.CreateFilter) soap.HasFault {
	for _, properties := range req.Spec.PropSet {
		if one := simulator.Map.Any(properties.Type); one != nil {
			probe := &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{{
				PropSet:   []types.PropertySpec{properties},
				ObjectSet: []types.ObjectSpec{{Obj: one.Reference()}},
			}}}
			if _, fault := c.retrieve(ctx, probe); fault != nil {
				return &methods.CreateFilterBody{Fault_: fault}
			}
		}
	}
	f := &filter{owner: c, known: map[reference]bool{}}
	f.Self.Type = "PropertyFilter"
	f.Spec, f.PartialUpdates = req.Spec, req.PartialUpdates
	ctx.Session.Put(f)
	c.mutex.Lock()
	first := len(c.filters) == 0
	c.filters = append(c.filters, f)
	c.mutex.Unlock()
	if first {
		own(ctx.Session.Key, c)
	}
	c.PropertyCollector.Filter = append(c.PropertyCollector.Filter, f.Self)
	return &methods.CreateFilterBody{Res: &types.CreateFilterResponse{Returnval: f.Self}}
}

// DestroyPropertyFilter ends it.
func (f *filter) DestroyPropertyFilter(ctx *simulator.Context, req *types.DestroyPropertyFilter) soap.HasFault {
	c := f.owner
	c.mutex.Lock()
	for i, each := range c.filters {
		if each == f {
			c.filters = append(c.filters[:i:i], c.filters[i+1:]...)
			break
		}
	}
	last := len(c.filters) == 0
	c.mutex.Unlock()
	simulator.RemoveReference(&c.PropertyCollector.Filter, f.Self)
	ctx.Session.Remove(f.Self)
	if last {
		disown(c)
	}
	return &methods.DestroyPropertyFilterBody{Res: &types.DestroyPropertyFilterResponse{}}
}

// CreatePropertyCollector makes one that is as strict as the first.
func (c *collector) CreatePropertyCollector(ctx *simulator.Context, req *types.CreatePropertyCollector) soap.HasFault {
	made := &collector{}
	made.Self.Type = "PropertyCollector"
	return &methods.CreatePropertyCollectorBody{Res: &types.CreatePropertyCollectorResponse{
		Returnval: ctx.Session.Put(made).Reference(),
	}}
}

// DestroyPropertyCollector ends it and its filters.
func (c *collector) DestroyPropertyCollector(ctx *simulator.Context, req *types.DestroyPropertyCollector) soap.HasFault {
	c.end()
	disown(c)
	c.mutex.Lock()
	filters := c.filters
	c.filters = nil
	c.mutex.Unlock()
	for _, f := range filters {
		ctx.Session.Remove(f.Self)
	}
	ctx.Session.Remove(c.Self)
	return &methods.DestroyPropertyCollectorBody{Res: &types.DestroyPropertyCollectorResponse{}}
}

func (c *collector) size() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.filters)
}

// members are the objects that the filter selects now, without their properties.
func (f *filter) members(ctx *simulator.Context) ([]reference, *soap.Fault) {
	bare := types.PropertyFilterSpec{ObjectSet: f.Spec.ObjectSet, ReportMissingObjectsInResults: f.Spec.ReportMissingObjectsInResults}
	for _, properties := range f.Spec.PropSet {
		bare.PropSet = append(bare.PropSet, types.PropertySpec{Type: properties.Type})
	}
	objects, fault := f.owner.retrieve(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{bare}})
	list := make([]reference, len(objects))
	for i := range objects {
		list[i] = objects[i].Obj
	}
	return list, fault
}

// read gives the wanted properties of some objects; a nil list is every path of the filter.
func (f *filter) read(ctx *simulator.Context, objects []reference, paths []string) ([]types.ObjectContent, *soap.Fault) {
	spec := types.PropertyFilterSpec{ReportMissingObjectsInResults: yes()}
	for _, properties := range f.Spec.PropSet {
		if paths != nil {
			properties = types.PropertySpec{Type: properties.Type, PathSet: paths}
		}
		spec.PropSet = append(spec.PropSet, properties)
	}
	for _, obj := range objects {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: obj})
	}
	return f.owner.retrieve(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}})
}

// concerned are the filter's own paths for which a change of an object's property means something.
func (f *filter) concerned(obj reference, changed string) []string {
	var paths []string
	for _, properties := range f.Spec.PropSet {
		if properties.Type != obj.Type && properties.Type != "ManagedEntity" {
			continue
		}
		if isTrue(properties.All) {
			paths = append(paths, strings.SplitN(changed, ".", 2)[0])
			continue
		}
		for _, path := range properties.PathSet {
			if path == changed || changed == "*" || strings.HasPrefix(path, changed+".") || strings.HasPrefix(changed, path+".") {
				paths = append(paths, path)
			}
		}
	}
	return paths
}
