package main

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// hub hears every change of the simulator and passes it on to the collectors that have filters.
type hub struct{ self reference }

func (h *hub) Reference() reference { return h.self }

// PutObject hears that something is new.
func (h *hub) PutObject(o mo.Reference) { h.membership() }

// RemoveObject hears that something is gone.
func (h *hub) RemoveObject(reference) { h.membership() }

// UpdateObject hears that properties changed.
func (h *hub) UpdateObject(o mo.Reference, changes []types.PropertyChange) {
	for _, c := range collectors() {
		c.changed(o.Reference(), changes)
	}
}

func (h *hub) membership() {
	for _, c := range collectors() {
		c.updates.mutex.Lock()
		c.updates.stale = true
		c.updates.mutex.Unlock()
		c.updates.ring()
	}
}

// CancelWaitForUpdates ends a wait.
func (c *collector) CancelWaitForUpdates(*types.CancelWaitForUpdates) soap.HasFault {
	c.interrupt()
	return &methods.CancelWaitForUpdatesBody{Res: new(types.CancelWaitForUpdatesResponse)}
}

func (c *collector) interrupt() {
	u := &c.updates
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if u.cancel != nil {
		close(u.cancel)
		u.cancel = nil
	}
}

// WaitForUpdatesEx answers what changed since a version, and waits for it when nothing did.
func (c *collector) WaitForUpdatesEx(ctx *simulator.Context, req *types.WaitForUpdatesEx) soap.HasFault {
	// A second wait ends the first one, as there is one state for both.
	c.interrupt()
	if fault := c.begin(req.Version); fault != nil {
		return &methods.WaitForUpdatesExBody{Fault_: fault}
	}
	most, patience := 0, time.Duration(-1)
	if req.Options != nil {
		most = int(req.Options.MaxObjectUpdates)
		if req.Options.MaxWaitSeconds != nil {
			patience = time.Duration(*req.Options.MaxWaitSeconds) * time.Second
		}
	}
	cancel, wake := make(chan struct{}), make(chan struct{}, 1)
	c.updates.mutex.Lock()
	c.updates.cancel, c.updates.wake = cancel, wake
	c.updates.mutex.Unlock()
	until := time.Now().Add(patience)
	for {
		set, fault := c.next(ctx, pageSize(int32(most)))
		if fault != nil {
			return &methods.WaitForUpdatesExBody{Fault_: fault}
		}
		if set != nil {
			return &methods.WaitForUpdatesExBody{Res: &types.WaitForUpdatesExResponse{Returnval: set}}
		}
		left := time.Until(until)
		if patience >= 0 && left <= 0 {
			return &methods.WaitForUpdatesExBody{Res: &types.WaitForUpdatesExResponse{}}
		}
		if patience < 0 {
			left = 24 * time.Hour
		}
		if fault := c.sleep(wake, cancel, left); fault != nil {
			return &methods.WaitForUpdatesExBody{Fault_: fault}
		}
	}
}

// next gathers what happened and takes the first of it; of two waits one does so at a time.
func (c *collector) next(ctx *simulator.Context, most int) (*types.UpdateSet, *soap.Fault) {
	c.turn.Lock()
	defer c.turn.Unlock()
	if fault := c.gather(ctx); fault != nil {
		return nil, fault
	}
	return c.updates.answer(most), nil
}

// sleep lets everybody else look and change until something happened.
func (c *collector) sleep(wake, cancel chan struct{}, left time.Duration) *soap.Fault {
	world.RUnlock()
	atomic.AddInt64(&seen.waiting, 1)
	defer func() {
		atomic.AddInt64(&seen.waiting, -1)
		world.RLock()
	}()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-wake:
	case <-timer.C:
	case <-cancel:
		return simulator.Fault("The task was canceled by a user.", new(types.RequestCanceled))
	}
	c.updates.mutex.Lock()
	defer c.updates.mutex.Unlock()
	if c.updates.ended {
		return simulator.Fault("The session is not authenticated.", &types.NotAuthenticated{
			NoPermission: types.NoPermission{Object: c.Self, PrivilegeId: "System.View"},
		})
	}
	return nil
}

// begin takes up where a version left off.
func (c *collector) begin(version string) *soap.Fault {
	c.turn.Lock()
	defer c.turn.Unlock()
	u := &c.updates
	u.mutex.Lock()
	defer u.mutex.Unlock()
	switch {
	case version == "":
		c.mutex.Lock()
		for _, f := range c.filters {
			f.known = map[reference]bool{}
		}
		c.mutex.Unlock()
		u.queue, u.told, u.dirty, u.stale = nil, nil, nil, true
	case version == strconv.Itoa(u.version):
		u.told = nil
	case version == strconv.Itoa(u.version-1) && u.told != nil:
		// The last answer was lost on its way.
		u.queue, u.told = append(u.told, u.queue...), nil
		u.version--
	default:
		return simulator.Fault("", new(types.InvalidCollectorVersion))
	}
	return nil
}
