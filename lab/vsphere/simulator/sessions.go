package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const restSession = "/rest/com/vmware/cis/session"

// service is set once, by main.
var service *simulator.Service

func setLogin(user, password string) {
	service.Listen.User = url.UserPassword(user, password)
}

// allowed refuses what the simulator would let pass: its REST door takes any password.
func allowed(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPost || r.URL.Path != restSession {
		return true
	}
	user, password, _ := r.BasicAuth()
	world.RLock()
	defer world.RUnlock()
	known, _ := service.Listen.User.Password()
	if user == service.Listen.User.Username() && password == known {
		return true
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="VAPI endpoint"`)
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

// inside is a session of nobody's, for calls that the simulator makes to itself.
func inside() *simulator.Context {
	return &simulator.Context{
		Context: context.Background(), Map: simulator.Map,
		Session: &simulator.Session{UserSession: types.UserSession{Key: "inside"}, Registry: simulator.NewRegistry()},
	}
}

func sessionManager() *simulator.SessionManager {
	return simulator.Map.SessionManager()
}

// sessionsNow are those that would be listed to a client.
func sessionsNow() []types.UserSession {
	view := inside().Session.Get(sessionManager().Self).(*simulator.SessionManager)
	return view.SessionList
}

// killSessions ends sessions as an administrator does, and forgets what they had made. A request that waits is told.
func killSessions(wanted string) int {
	killed := 0
	for _, each := range sessionsNow() {
		if wanted != "" && each.Key != wanted {
			continue
		}
		sessionManager().TerminateSession(inside(), &types.TerminateSession{SessionId: []string{each.Key}})
		forget(each.Key)
		killed++
	}
	return killed
}

// viewManager remembers which views a session has open: one that ends takes them along.
type viewManager struct {
	simulator.ViewManager
}

// belongings are what sessions have made, by the key of the session.
var belongings = struct {
	sync.Mutex
	views     map[string]map[reference]*simulator.Registry
	listeners map[string][]*collector
}{views: map[string]map[reference]*simulator.Registry{}, listeners: map[string][]*collector{}}

// CreateContainerView makes a view and remembers it.
func (m *viewManager) CreateContainerView(ctx *simulator.Context, req *types.CreateContainerView) soap.HasFault {
	res := m.ViewManager.CreateContainerView(ctx, req)
	made := res.(*methods.CreateContainerViewBody).Res
	if made == nil {
		return res
	}
	belongings.Lock()
	defer belongings.Unlock()
	key := ctx.Session.Key
	if belongings.views[key] == nil {
		belongings.views[key] = map[reference]*simulator.Registry{}
	}
	belongings.views[key][made.Returnval] = ctx.Session.Registry
	return res
}

// own remembers a collector of a session.
func own(session string, c *collector) {
	belongings.Lock()
	defer belongings.Unlock()
	belongings.listeners[session] = append(belongings.listeners[session], c)
}

func disown(c *collector) {
	belongings.Lock()
	defer belongings.Unlock()
	for key, list := range belongings.listeners {
		for i, each := range list {
			if each == c {
				belongings.listeners[key] = append(list[:i:i], list[i+1:]...)
			}
		}
	}
}

// forget drops what a session that has ended had made.
func forget(session string) {
	belongings.Lock()
	defer belongings.Unlock()
	for view, registry := range belongings.views[session] {
		if handler, ok := registry.Get(view).(simulator.RegisterObject); ok {
			simulator.Map.RemoveHandler(handler)
		}
	}
	for _, c := range belongings.listeners[session] {
		c.end()
	}
	delete(belongings.views, session)
	delete(belongings.listeners, session)
}

// sweep forgets sessions that have ended by themselves: somebody logged out.
func sweep() {
	alive := map[string]bool{}
	for _, each := range sessionsNow() {
		alive[each.Key] = true
	}
	belongings.Lock()
	gone := []string{}
	for key := range belongings.views {
		if !alive[key] {
			gone = append(gone, key)
		}
	}
	for key := range belongings.listeners {
		if !alive[key] {
			gone = append(gone, key)
		}
	}
	belongings.Unlock()
	for _, key := range gone {
		forget(key)
	}
}

// collectors gives all that are alive.
func collectors() []*collector {
	belongings.Lock()
	defer belongings.Unlock()
	list := []*collector{}
	for _, each := range belongings.listeners {
		list = append(list, each...)
	}
	return list
}

// openNow counts what sessions hold: views and filters that nobody destroyed.
func openNow() (views, filters int) {
	belongings.Lock()
	defer belongings.Unlock()
	for _, open := range belongings.views {
		for view, registry := range open {
			if registry.Get(view) == nil {
				delete(open, view)
				continue
			}
			views++
		}
	}
	for _, list := range belongings.listeners {
		for _, c := range list {
			filters += c.size()
		}
	}
	return views, filters
}

func clientOf(s types.UserSession) map[string]interface{} {
	return map[string]interface{}{
		"key": s.Key, "user": s.UserName, "agent": strings.SplitN(s.UserAgent, "\n", 2)[0], "address": s.IpAddress,
		"since": s.LoginTime, "last_active": s.LastActiveTime, "calls": s.CallCount,
	}
}
