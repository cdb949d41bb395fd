package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// makeLicences replaces the simulator's evaluation licence.
func (s *site) makeLicences() {
	manager := simulator.Map.Get(reference{Type: "LicenseManager", Value: "LicenseManager"}).(*simulator.LicenseManager)
	manager.Licenses = nil
	for i, wish := range s.estate.Licences {
		licence := types.LicenseManagerLicenseInfo{
			// Keys of licences are secrets: these are made of nothing but the number.
			LicenseKey: fmt.Sprintf("00000-00000-00000-00000-%05d", i+1),
			EditionKey: wish.Edition, Name: wish.Name, CostUnit: wish.Unit, Total: wish.Total, Used: wish.Used,
			Properties: []types.KeyAnyValue{{Key: "ProductName", Value: wish.Name}, {Key: "ProductVersion", Value: "8.0"}},
		}
		if wish.Days != 0 {
			licence.Properties = append(licence.Properties, types.KeyAnyValue{
				Key: "expirationDate", Value: born.Truncate(time.Second).AddDate(0, 0, wish.Days),
			})
		}
		manager.Licenses = append(manager.Licenses, licence)
	}
}

// makeAttributes gives machines the custom attributes that administrators keep about them.
func (s *site) makeAttributes() {
	manager := simulator.Map.Get(reference{Type: "CustomFieldsManager", Value: "CustomFieldsManager"}).(*simulator.CustomFieldsManager)
	manager.Field = nil
	for i, name := range []string{"owner", "backup"} {
		manager.Field = append(manager.Field, types.CustomFieldDef{
			Key: int32(101 + i), Name: name, Type: "string", ManagedObjectType: "VirtualMachine",
		})
	}
	for _, vm := range machines() {
		vm.AvailableField = manager.Field
		if digest("attribute", vm.Name)%3 == 0 {
			continue
		}
		vm.CustomValue = []types.BaseCustomFieldValue{
			&types.CustomFieldStringValue{CustomFieldValue: types.CustomFieldValue{Key: 101}, Value: "ict-centre"},
			&types.CustomFieldStringValue{CustomFieldValue: types.CustomFieldValue{Key: 102}, Value: "nightly"},
		}
		vm.Value = vm.CustomValue
		vm.Summary.CustomValue = vm.CustomValue
	}
}

// certificateManager is a host's own; the simulator has none.
type certificateManager struct {
	mo.HostCertificateManager
}

// makeCertificates gives every host a certificate manager: certificates of ESXi last five years.
func (s *site) makeCertificates() {
	byName := map[string]traits{}
	for _, cluster := range s.estate.Clusters {
		for _, wish := range cluster.Hosts {
			byName[wish.Name] = traitsOf(wish.Traits)
		}
	}
	for _, h := range hosts() {
		days := 200 + draw("certificate", h.Name).Intn(1500)
		if byName[h.Name]["certificate-soon"] {
			days = 9
		}
		from, until := born.AddDate(-1, 0, 0), born.AddDate(0, 0, days)
		status := "good"
		if days < 60 {
			status = "expiring"
		}
		manager := &certificateManager{}
		manager.Self = reference{Type: "HostCertificateManager", Value: "certificateManager-" + h.Self.Value}
		manager.CertificateInfo = types.HostCertificateManagerCertificateInfo{
			Issuer: "O=" + s.estate.Name + ",C=VN,CN=CA", NotBefore: &from, NotAfter: &until,
			Subject: "CN=" + h.Name, Status: status,
		}
		ref := simulator.Map.Put(manager).Reference()
		h.ConfigManager.CertificateManager = &ref
	}
}
