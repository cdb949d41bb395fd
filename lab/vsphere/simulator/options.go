package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// settleOptions gives a host the advanced options that an auditor asks for, and the spoilt ones that its traits name.
// One of them is not in the list, as with versions that list only what was changed: it is told when it is asked for.
func settleOptions(h *simulator.HostSystem, marks traits, logHost string) {
	values := []types.OptionValue{
		{Key: "Annotations.WelcomeMessage", Value: ""},
		{Key: "Config.HostAgent.plugins.solo.enableMob", Value: marks["mob-on"]},
		{Key: "Mem.ShareForceSalting", Value: int64(2)},
		{Key: "Security.AccountLockFailures", Value: int64(5)},
		{Key: "Security.AccountUnlockTime", Value: int64(900)},
		{Key: "Security.PasswordHistory", Value: int64(10)},
		{Key: "Security.PasswordMaxDays", Value: int64(60)},
		{Key: "Security.PasswordQualityControl", Value: "retry=3 min=disabled,disabled,disabled,disabled,14"},
		{Key: "Syslog.global.auditRecord.storageEnable", Value: true},
		{Key: "Syslog.global.logHost", Value: logHost},
		{Key: "UserVars.DcuiTimeOut", Value: int64(300)},
		{Key: "UserVars.ESXiShellInteractiveTimeOut", Value: int64(300)},
		{Key: "UserVars.ESXiShellTimeOut", Value: int64(3600)},
		{Key: "UserVars.HostClientSessionTimeout", Value: int64(300)},
		{Key: "UserVars.SuppressShellWarning", Value: int64(0)},
	}
	for i := range values {
		switch {
		case marks["no-syslog"] && values[i].Key == "Syslog.global.logHost":
			values[i].Value = ""
		case marks["shell-open"] && values[i].Key == "UserVars.ESXiShellInteractiveTimeOut":
			values[i].Value = int64(0)
		case marks["no-account-lock"] && values[i].Key == "Security.AccountLockFailures":
			values[i].Value = int64(0)
		case marks["weak-passwords"] && values[i].Key == "Security.PasswordQualityControl":
			// What ESXi is shipped with.
			values[i].Value = "retry=3 min=disabled,disabled,disabled,7,7"
		}
	}
	all := []types.BaseOptionValue{}
	for i := range values {
		all = append(all, &values[i])
	}
	h.Config.Option = all
	hidden := &types.OptionValue{Key: "Config.Etc.issue", Value: "Authorised staff only"}
	manager := simulator.Map.Get(*h.ConfigManager.AdvancedOption).(*simulator.OptionManager)
	manager.Setting = append(append([]types.BaseOptionValue{}, all...), hidden)
}
