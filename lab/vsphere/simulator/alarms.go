package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// alarmNames are definitions that vCenter comes with, and one that somebody here made.
var alarmNames = []string{
	"Host connection and power state", "Host memory usage", "Host hardware sensor state", "Network connectivity lost",
	"Cannot connect to storage", "Virtual machine CPU usage", "Virtual machine memory usage",
	"Datastore usage on disk", "vSphere HA failover in progress", "Virtual machine Consolidation Needed status",
	"Phòng máy chủ: \"nhiệt độ\" cao",
}

// alarmManager knows the definitions: the simulator's own answers nothing at all.
type alarmManager struct {
	mo.AlarmManager
	alarms []reference
}

// GetAlarm gives the definitions.
func (m *alarmManager) GetAlarm(*types.GetAlarm) soap.HasFault {
	return &methods.GetAlarmBody{Res: &types.GetAlarmResponse{Returnval: m.alarms}}
}

func (s *site) makeAlarms() {
	content := simulator.Map.Get(reference{Type: "ServiceInstance", Value: "ServiceInstance"}).(*simulator.ServiceInstance).Content
	manager := &alarmManager{}
	manager.Self = *content.AlarmManager
	for i, name := range alarmNames {
		alarm := &mo.Alarm{}
		alarm.Self = reference{Type: "Alarm", Value: fmt.Sprintf("alarm-%d", i+1)}
		alarm.Info = types.AlarmInfo{
			AlarmSpec: types.AlarmSpec{Name: name, Description: name, Enabled: true, Expression: &types.OrAlarmExpression{}},
			Key:       alarm.Self.Value, Alarm: alarm.Self, Entity: content.RootFolder, LastModifiedTime: ago(900 * day),
			LastModifiedUser: "",
		}
		simulator.Map.Put(alarm)
		manager.alarms = append(manager.alarms, alarm.Self)
	}
	simulator.Map.Put(manager)
	for _, cluster := range s.estate.Clusters {
		for _, wish := range cluster.Machines {
			if traitsOf(wish.Traits)["alarm"] {
				vm, _ := find("VirtualMachine", wish.Name)
				raise(vm, "Virtual machine CPU usage", "red", ago(2*3600))
			}
			if traitsOf(wish.Traits)["consolidate"] {
				vm, _ := find("VirtualMachine", wish.Name)
				raise(vm, "Virtual machine Consolidation Needed status", "yellow", ago(5*day))
			}
		}
		for _, wish := range cluster.Hosts {
			if traitsOf(wish.Traits)["dimm-bad"] {
				host, _ := find("HostSystem", wish.Name)
				raise(host, "Host hardware sensor state", "red", ago(3*day))
			}
		}
	}
	for i, wish := range s.estate.Datastores {
		if traitsOf(wish.Traits)["full"] {
			raise(s.stores[i], "Datastore usage on disk", "red", ago(day))
		}
	}
}

func alarmCalled(name string) (reference, error) {
	for i, known := range alarmNames {
		if known == name {
			return reference{Type: "Alarm", Value: fmt.Sprintf("alarm-%d", i+1)}, nil
		}
	}
	return reference{}, fmt.Errorf("no alarm %q here", name)
}

// raise triggers an alarm on an entity, or ends it when the status is green. What lies above lists it too: a vCenter
// shows at a cluster or a folder what was triggered below.
func raise(e mo.Entity, name, status string, at time.Time) error {
	alarm, err := alarmCalled(name)
	if err != nil {
		return err
	}
	own := types.AlarmState{
		Key: alarm.Value + "." + e.Reference().Value, Entity: e.Reference(), Alarm: alarm,
		OverallStatus: types.ManagedEntityStatus(status), Time: at, Acknowledged: no(),
	}
	e.Entity().OverallStatus = worst(list(e, own), e.Reference())
	touch(e.Reference(), "triggeredAlarmState", "overallStatus")
	for parent := e.Entity().Parent; parent != nil; {
		above, ok := simulator.Map.Get(*parent).(mo.Entity)
		if !ok {
			break
		}
		list(above, own)
		touch(above.Reference(), "triggeredAlarmState")
		parent = above.Entity().Parent
	}
	return nil
}

// list puts a state among those of an entity, or takes it out, and gives them all.
func list(e mo.Entity, state types.AlarmState) []types.AlarmState {
	states := []types.AlarmState{}
	for _, other := range e.Entity().TriggeredAlarmState {
		if other.Key != state.Key {
			states = append(states, other)
		}
	}
	if state.OverallStatus != types.ManagedEntityStatusGreen {
		states = append(states, state)
	}
	e.Entity().TriggeredAlarmState = states
	return states
}

// worst is the colour of an entity's own alarms.
func worst(states []types.AlarmState, entity reference) types.ManagedEntityStatus {
	colour := types.ManagedEntityStatusGreen
	for _, each := range states {
		if each.Entity == entity && (each.OverallStatus == types.ManagedEntityStatusRed || colour == types.ManagedEntityStatusGreen) {
			colour = each.OverallStatus
		}
	}
	return colour
}
