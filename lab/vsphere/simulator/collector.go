package main

import (
	"strconv"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// collector is the simulator's PropertyCollector made strict: it pages, says which properties the login may not
// read, refuses paths that do not exist, truncates updates and knows their versions.
type collector struct {
	simulator.PropertyCollector

	mutex   sync.Mutex
	filters []*filter
	pages   map[string][]types.ObjectContent
	serial  int
	updates updates
	turn    sync.Mutex
}

// page is the most objects that an answer holds, whatever a client asks for; 0 is no limit.
var page = struct {
	sync.Mutex
	objects int
}{}

func pageSize(wished int32) int {
	page.Lock()
	defer page.Unlock()
	if page.objects > 0 && (wished <= 0 || int(wished) > page.objects) {
		return page.objects
	}
	return int(wished)
}

// RetrievePropertiesEx answers the first page.
func (c *collector) RetrievePropertiesEx(ctx *simulator.Context, req *types.RetrievePropertiesEx) soap.HasFault {
	objects, fault := c.retrieve(ctx, req)
	if fault != nil {
		return &methods.RetrievePropertiesExBody{Fault_: fault}
	}
	body := &methods.RetrievePropertiesExBody{Res: &types.RetrievePropertiesExResponse{}}
	if len(objects) > 0 {
		// Nothing found is no result at all, not an empty one.
		body.Res.Returnval = c.onePage(objects, pageSize(req.Options.MaxObjects))
	}
	return body
}

// RetrieveProperties is the old call, which knows no pages.
func (c *collector) RetrieveProperties(ctx *simulator.Context, req *types.RetrieveProperties) soap.HasFault {
	objects, fault := c.retrieve(ctx, &types.RetrievePropertiesEx{This: req.This, SpecSet: req.SpecSet})
	if fault != nil {
		return &methods.RetrievePropertiesBody{Fault_: fault}
	}
	return &methods.RetrievePropertiesBody{Res: &types.RetrievePropertiesResponse{Returnval: objects}}
}

// ContinueRetrievePropertiesEx answers the next page.
func (c *collector) ContinueRetrievePropertiesEx(ctx *simulator.Context, req *types.ContinueRetrievePropertiesEx) soap.HasFault {
	c.mutex.Lock()
	rest, known := c.pages[req.Token]
	delete(c.pages, req.Token)
	c.mutex.Unlock()
	if !known {
		return &methods.ContinueRetrievePropertiesExBody{Fault_: invalid("token")}
	}
	size, _ := strconv.Atoi(req.Token[:indexOf(req.Token, '-')])
	return &methods.ContinueRetrievePropertiesExBody{Res: &types.ContinueRetrievePropertiesExResponse{
		Returnval: *c.onePage(rest, size),
	}}
}

// CancelRetrievePropertiesEx forgets the pages that are left.
func (c *collector) CancelRetrievePropertiesEx(ctx *simulator.Context, req *types.CancelRetrievePropertiesEx) soap.HasFault {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, known := c.pages[req.Token]; !known {
		return &methods.CancelRetrievePropertiesExBody{Fault_: invalid("token")}
	}
	delete(c.pages, req.Token)
	return &methods.CancelRetrievePropertiesExBody{Res: &types.CancelRetrievePropertiesExResponse{}}
}

func (c *collector) onePage(objects []types.ObjectContent, size int) *types.RetrieveResult {
	if size <= 0 || len(objects) <= size {
		return &types.RetrieveResult{Objects: objects}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.serial++
	token := strconv.Itoa(size) + "-" + strconv.Itoa(c.serial)
	if c.pages == nil {
		c.pages = map[string][]types.ObjectContent{}
	}
	c.pages[token] = objects[size:]
	return &types.RetrieveResult{Objects: objects[:size], Token: token}
}

// retrieve collects by the simulator's own means and then takes away what the login may not see.
func (c *collector) retrieve(ctx *simulator.Context, req *types.RetrievePropertiesEx) ([]types.ObjectContent, *soap.Fault) {
	res := c.PropertyCollector.RetrievePropertiesEx(ctx, req).(*methods.RetrievePropertiesExBody)
	if res.Fault_ != nil {
		return nil, res.Fault_
	}
	objects := res.Res.Returnval.Objects
	for i := range objects {
		for _, lost := range objects[i].MissingSet {
			if wrong, ok := lost.Fault.Fault.(*types.InvalidProperty); ok {
				// The simulator would tell it of the one property; a vCenter refuses the whole request.
				return nil, simulator.Fault("", &types.InvalidProperty{Name: wrong.Name})
			}
		}
		applyRules(&objects[i])
		for j := range objects[i].PropSet {
			objects[i].PropSet[j].Val = withZeros(objects[i].PropSet[j].Val)
		}
	}
	return objects, nil
}

func invalid(property string) *soap.Fault {
	return simulator.Fault("A specified parameter was not correct: "+property, &types.InvalidArgument{InvalidProperty: property})
}

func indexOf(text string, wanted byte) int {
	for i := 0; i < len(text); i++ {
		if text[i] == wanted {
			return i
		}
	}
	return len(text)
}
