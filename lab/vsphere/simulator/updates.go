package main

import (
	"sort"
	"strconv"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// updates is what a collector has not told its client yet.
type updates struct {
	mutex   sync.Mutex
	version int
	told    []told                        // what the last answer held: it is told again to who did not hear it
	queue   []told                        // what is to be told, in order
	dirty   map[reference]map[string]bool // which properties changed since
	stale   bool                          // objects came or went
	wake    chan struct{}
	cancel  chan struct{}
	ended   bool
}

type told struct {
	filter *filter
	update types.ObjectUpdate
}

func (u *updates) ring() {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if u.wake != nil {
		select {
		case u.wake <- struct{}{}:
		default:
		}
	}
}

func (c *collector) changed(obj reference, changes []types.PropertyChange) {
	u := &c.updates
	u.mutex.Lock()
	if u.dirty == nil {
		u.dirty = map[reference]map[string]bool{}
	}
	if u.dirty[obj] == nil {
		u.dirty[obj] = map[string]bool{}
	}
	for _, each := range changes {
		u.dirty[obj][each.Name] = true
	}
	if obj.Type == "ContainerView" || obj.Type == "ListView" {
		u.stale = true
	}
	u.mutex.Unlock()
	u.ring()
}

// end tells who waits that the session is gone.
func (c *collector) end() {
	u := &c.updates
	u.mutex.Lock()
	u.ended = true
	u.mutex.Unlock()
	u.ring()
}

// gather turns what happened into updates.
func (c *collector) gather(ctx *simulator.Context) *soap.Fault {
	u := &c.updates
	u.mutex.Lock()
	dirty, stale := u.dirty, u.stale
	u.dirty, u.stale = nil, false
	u.mutex.Unlock()
	c.mutex.Lock()
	filters := append([]*filter{}, c.filters...)
	c.mutex.Unlock()
	var fresh []told
	for _, f := range filters {
		if stale {
			came, fault := f.compare(ctx)
			if fault != nil {
				return fault
			}
			fresh = append(fresh, came...)
		}
		modified, fault := f.modified(ctx, dirty, fresh)
		if fault != nil {
			return fault
		}
		fresh = append(fresh, modified...)
	}
	u.mutex.Lock()
	u.queue = append(u.queue, fresh...)
	u.mutex.Unlock()
	return nil
}

// compare tells which objects came and which left.
func (f *filter) compare(ctx *simulator.Context) ([]told, *soap.Fault) {
	members, fault := f.members(ctx)
	if fault != nil {
		return nil, fault
	}
	var fresh []reference
	now := make(map[reference]bool, len(members))
	for _, obj := range members {
		now[obj] = true
		if !f.known[obj] {
			fresh = append(fresh, obj)
		}
	}
	var list []told
	for obj := range f.known {
		if !now[obj] {
			list = append(list, told{f, types.ObjectUpdate{Kind: types.ObjectUpdateKindLeave, Obj: obj}})
		}
	}
	sort.Slice(list, func(i, j int) bool { return before(list[i].update.Obj.Value, list[j].update.Obj.Value) })
	f.known = now
	if len(fresh) == 0 {
		return list, nil
	}
	objects, fault := f.read(ctx, fresh, nil)
	for _, each := range objects {
		update := types.ObjectUpdate{Kind: types.ObjectUpdateKindEnter, Obj: each.Obj, MissingSet: each.MissingSet}
		for _, p := range each.PropSet {
			update.ChangeSet = append(update.ChangeSet, types.PropertyChange{Op: types.PropertyChangeOpAssign, Name: p.Name, Val: p.Val})
		}
		list = append(list, told{f, update})
	}
	return list, fault
}

// modified tells what changed in objects that the client knows.
func (f *filter) modified(ctx *simulator.Context, dirty map[reference]map[string]bool, fresh []told) ([]told, *soap.Fault) {
	entered := map[reference]bool{}
	for _, each := range fresh {
		entered[each.update.Obj] = each.filter == f || entered[each.update.Obj]
	}
	var list []told
	for obj, changed := range dirty {
		if !f.known[obj] || entered[obj] {
			continue
		}
		wanted := map[string]bool{}
		for name := range changed {
			for _, path := range f.concerned(obj, name) {
				wanted[path] = true
			}
		}
		if len(wanted) == 0 {
			continue
		}
		paths := make([]string, 0, len(wanted))
		for path := range wanted {
			paths = append(paths, path)
		}
		sort.Strings(paths)
		objects, fault := f.read(ctx, []reference{obj}, paths)
		if fault != nil {
			return nil, fault
		}
		for _, each := range objects {
			list = append(list, told{f, changeOf(each, paths)})
		}
	}
	sort.Slice(list, func(i, j int) bool { return before(list[i].update.Obj.Value, list[j].update.Obj.Value) })
	return list, nil
}

// changeOf says of each path what it is now; one that is no longer set is assigned nothing.
func changeOf(content types.ObjectContent, paths []string) types.ObjectUpdate {
	update := types.ObjectUpdate{Kind: types.ObjectUpdateKindModify, Obj: content.Obj, MissingSet: content.MissingSet}
	values, lost := map[string]types.AnyType{}, map[string]bool{}
	for _, p := range content.PropSet {
		values[p.Name] = p.Val
	}
	for _, m := range content.MissingSet {
		lost[m.Path] = true
	}
	for _, path := range paths {
		if !lost[path] {
			update.ChangeSet = append(update.ChangeSet, types.PropertyChange{
				Op: types.PropertyChangeOpAssign, Name: path, Val: values[path],
			})
		}
	}
	return update
}

// answer takes the next updates from the queue, by filter; nil when there are none.
func (u *updates) answer(most int) *types.UpdateSet {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if len(u.queue) == 0 {
		return nil
	}
	part := u.queue
	if most > 0 && len(part) > most {
		part = part[:most]
	}
	u.queue, u.told = u.queue[len(part):], part
	u.version++
	set := &types.UpdateSet{Version: strconv.Itoa(u.version)}
	if len(u.queue) > 0 {
		set.Truncated = yes()
	}
	for _, each := range part {
		last := len(set.FilterSet) - 1
		if last < 0 || set.FilterSet[last].Filter != each.filter.Self {
			set.FilterSet = append(set.FilterSet, types.PropertyFilterUpdate{Filter: each.filter.Self})
			last++
		}
		set.FilterSet[last].ObjectSet = append(set.FilterSet[last].ObjectSet, each.update)
	}
	return set
}
