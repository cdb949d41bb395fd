package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// estate says what a vCenter holds. The lab writes it; every figure that is not in it is drawn from names.
type estate struct {
	Name       string           `json:"name"`
	Datacenter string           `json:"datacenter"`
	Clusters   []clusterWish    `json:"clusters"`
	Datastores []datastoreWish  `json:"datastores"`
	IPv4       string           `json:"ipv4"` // the first three octets of guests' addresses
	IPv6       string           `json:"ipv6"` // the first 64 bits of them, without the last colon
	Licences   []licenceWish    `json:"licences"`
	Tags       map[string][]tag `json:"tags"` // category to tags
}

type clusterWish struct {
	Name     string        `json:"name"`
	Hosts    []hostWish    `json:"hosts"`
	Machines []machineWish `json:"machines"`
}

type hostWish struct {
	Name   string   `json:"name"`
	Model  string   `json:"model"`
	Serial string   `json:"serial"`
	Traits []string `json:"traits"`
}

type machineWish struct {
	Name   string   `json:"name"`
	Folder string   `json:"folder"`
	System string   `json:"system"`
	Traits []string `json:"traits"`
}

type datastoreWish struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"` // VMFS, NFS or vsan
	Traits []string `json:"traits"`
}

type licenceWish struct {
	Name    string `json:"name"`
	Edition string `json:"edition"`
	Unit    string `json:"unit"`
	Total   int32  `json:"total"`
	Used    int32  `json:"used"`
	Days    int    `json:"days"` // until it ends; 0 is never
}

type tag struct {
	Name    string   `json:"name"`
	Systems []string `json:"systems"` // whose machines carry it
}

// traits are what makes a thing differ from an ordinary one.
type traits map[string]bool

func traitsOf(names []string) traits {
	set := traits{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

func readEstate(path string) (*estate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	e := new(estate)
	if err := json.Unmarshal(text, e); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(e.Clusters) == 0 || len(e.Datastores) == 0 {
		return nil, fmt.Errorf("%s: a vCenter needs at least one cluster and one datastore", path)
	}
	for _, c := range e.Clusters {
		if len(c.Hosts) == 0 {
			return nil, fmt.Errorf("%s: cluster %s has no hosts", path, c.Name)
		}
	}
	return e, nil
}
