package main

import (
	"fmt"
	"math/rand"

	"github.com/vmware/govmomi/vim25/types"
)

// health gives what the management controller tells ESXi: readings in hundredths, parts with a state and no reading.
func health(name string, marks traits) *types.HealthSystemRuntime {
	dice := draw("sensors", name)
	return &types.HealthSystemRuntime{
		SystemHealthInfo:   &types.HostSystemHealthInfo{NumericSensorInfo: sensors(dice, marks)},
		HardwareStatusInfo: hardware(marks),
	}
}

func state(key string) *types.ElementDescription {
	texts := map[string]string{
		"green":   "Sensor is operating under normal conditions",
		"yellow":  "Sensor is operating under conditions that are non-critical",
		"red":     "Sensor is operating under critical or fatal conditions",
		"unknown": "Cannot report on the current status of the physical element",
	}
	return &types.ElementDescription{
		Description: types.Description{Label: string(key[0]-32) + key[1:], Summary: texts[key]}, Key: key,
	}
}

func sensor(name, kind, unit string, hundredths int64, colour string) types.HostNumericSensorInfo {
	return types.HostNumericSensorInfo{
		Name: name, SensorType: kind, BaseUnits: unit, UnitModifier: -2, CurrentReading: hundredths,
		HealthState: state(colour), TimeStamp: born.Format("2006-01-02T15:04:05Z"),
	}
}

func part(name, kind, colour string) types.HostNumericSensorInfo {
	return types.HostNumericSensorInfo{Name: name, SensorType: kind, HealthState: state(colour)}
}

func sensors(dice *rand.Rand, marks traits) []types.HostNumericSensorInfo {
	list := []types.HostNumericSensorInfo{
		sensor("System Board 1 Inlet Temp", "temperature", "Degrees C", 2100+dice.Int63n(500), "green"),
		sensor("System Board 1 Exhaust Temp", "temperature", "Degrees C", 3200+dice.Int63n(900), "green"),
		sensor("System Board 1 Pwr Consumption", "power", "Watts", 100*(hostWattsIdle+dice.Int63n(300)), "green"),
	}
	for n := 1; n <= 2; n++ {
		list = append(list,
			sensor(fmt.Sprintf("Processor %d Temp", n), "temperature", "Degrees C", 4500+dice.Int63n(2500), "green"),
			sensor(fmt.Sprintf("Power Supply %d Voltage 1", n), "voltage", "Volts", 22600+dice.Int63n(800), "green"),
			sensor(fmt.Sprintf("Power Supply %d Current 1", n), "power", "Amps", 60+dice.Int63n(100), "green"),
			part(fmt.Sprintf("Power Supply %d PS%d Status", n, n), "power", "green"),
		)
	}
	for n := 1; n <= 6; n++ {
		rpm, colour := 720000+dice.Int63n(200000), "green"
		if n == 3 && marks["fan-slow"] {
			rpm, colour = 240000, "yellow"
		}
		list = append(list, sensor(fmt.Sprintf("System Board 1 Fan%dA", n), "fan", "RPM", rpm, colour))
	}
	for n := 1; n <= 16; n++ {
		colour := "green"
		if n == 5 && marks["dimm-bad"] {
			colour = "red"
		}
		list = append(list, part(fmt.Sprintf("Memory Device %d DIMM A%d", n, n), "memory", colour))
	}
	return append(list,
		part("Power Supply 1 PS Redundancy", "power", "green"),
		part("System Board 1 Fan Redundancy", "fan", "green"),
		part("System Chassis 1 Intrusion", "system", "unknown"),
		part("Battery 1 CMOS Battery", "battery", "green"),
	)
}

func element(name, colour string) types.HostHardwareElementInfo {
	return types.HostHardwareElementInfo{Name: name, Status: state(colour)}
}

func hardware(marks traits) *types.HostHardwareStatusInfo {
	info := &types.HostHardwareStatusInfo{}
	for n := 1; n <= 2; n++ {
		cpu := element(fmt.Sprintf("CPU %d", n), "green")
		info.CpuStatusInfo = append(info.CpuStatusInfo, &cpu)
	}
	for n := 1; n <= 16; n++ {
		colour := "green"
		if n == 5 && marks["dimm-bad"] {
			colour = "red"
		}
		memory := element(fmt.Sprintf("Memory module DIMM A%d", n), colour)
		info.MemoryStatusInfo = append(info.MemoryStatusInfo, &memory)
	}
	for n := 0; n < 2; n++ {
		disk := element(fmt.Sprintf("Disk 0:1:%d: BOSS mirror", n), "green")
		info.StorageStatusInfo = append(info.StorageStatusInfo, types.HostStorageElementInfo{HostHardwareElementInfo: disk})
	}
	return info
}
