package main

import (
	"fmt"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// rule takes properties away: without the privilege for them, or because they are not set.
type rule struct {
	Type      string `json:"type"`      // a kind; empty is every kind
	Object    string `json:"object"`    // a moid; empty is every object
	Path      string `json:"path"`      // a property and all below it; "*" is every one
	Privilege string `json:"privilege"` // what the login lacks; empty: the property is not set
}

var rules = struct {
	sync.Mutex
	list []rule
}{}

// takes says whether the rule holds for a property; what is asked for may be the property or lie below it.
func (r rule) takes(obj reference, path string) bool {
	if r.Type != "" && r.Type != obj.Type || r.Object != "" && r.Object != obj.Value {
		return false
	}
	return r.Path == "*" || path == r.Path || strings.HasPrefix(path, r.Path+".")
}

func ruleFor(obj reference, path string) (rule, bool) {
	rules.Lock()
	defer rules.Unlock()
	for _, r := range rules.list {
		if r.takes(obj, path) {
			return r, true
		}
	}
	return rule{}, false
}

// lay adds a rule and tells who waits for changes of what it concerns.
func (r rule) lay() (int, error) {
	if r.Path == "" || r.Type == "" && r.Object == "" {
		return 0, fmt.Errorf(`a rule needs a "path", and a "type" or an "object"`)
	}
	rules.Lock()
	rules.list = append(rules.list, r)
	rules.Unlock()
	return r.tell(), nil
}

// lift ends every rule.
func liftRules() int {
	rules.Lock()
	old := rules.list
	rules.list = nil
	rules.Unlock()
	for _, r := range old {
		r.tell()
	}
	return len(old)
}

func (r rule) tell() int {
	told := 0
	for _, e := range simulator.Map.All(r.Type) {
		if obj := e.Reference(); r.Object == "" || r.Object == obj.Value {
			told++
			touch(obj, r.Path)
		}
	}
	return told
}

func missing(obj reference, path, privilege string) types.MissingProperty {
	return types.MissingProperty{Path: path, Fault: types.LocalizedMethodFault{
		Fault:            &types.NoPermission{Object: obj, PrivilegeId: privilege},
		LocalizedMessage: "Permission to perform this operation was denied.",
	}}
}

// apply takes from an object's answer what the rules take.
func applyRules(content *types.ObjectContent) {
	rules.Lock()
	none := len(rules.list) == 0
	rules.Unlock()
	if none {
		return
	}
	kept := content.PropSet[:0]
	for _, property := range content.PropSet {
		r, taken := ruleFor(content.Obj, property.Name)
		switch {
		case !taken:
			kept = append(kept, property)
		case r.Privilege != "":
			content.MissingSet = append(content.MissingSet, missing(content.Obj, property.Name, r.Privilege))
		}
	}
	content.PropSet = kept
}
