package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
)

const tagging = "/rest/com/vmware/cis/tagging/"

// tagger makes tags the way an administrator would, as the simulator lets nobody else in.
type tagger struct {
	handler http.Handler
	session string
}

func (t *tagger) post(path string, body, result interface{}) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(text))
	r.Header.Set("vmware-api-session-id", t.session)
	w := httptest.NewRecorder()
	t.handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return fmt.Errorf("POST %s: %d %s", path, w.Code, w.Body)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(w.Body.Bytes(), result)
}

// makeTags makes the estate's categories and tags, and ties them to the machines of the systems.
func makeTags(e *estate, handler http.Handler, account login) error {
	if len(e.Tags) == 0 {
		return nil
	}
	t := &tagger{handler: handler}
	r := httptest.NewRequest(http.MethodPost, restSession, nil)
	r.SetBasicAuth(account.User, account.Password)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	var made struct{ Value string }
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil {
		return fmt.Errorf("POST %s: %d %s", restSession, w.Code, w.Body)
	}
	t.session = made.Value
	categories := make([]string, 0, len(e.Tags))
	for category := range e.Tags {
		categories = append(categories, category)
	}
	sort.Strings(categories)
	for _, category := range categories {
		if err := t.makeCategory(category, e.Tags[category]); err != nil {
			return err
		}
	}
	end := httptest.NewRequest(http.MethodDelete, restSession, nil)
	end.Header.Set("vmware-api-session-id", t.session)
	handler.ServeHTTP(httptest.NewRecorder(), end)
	return nil
}

func (t *tagger) makeCategory(name string, tags []tag) error {
	var category struct{ Value string }
	spec := order{"create_spec": order{"name": name, "description": name, "cardinality": "SINGLE", "associable_types": []string{"VirtualMachine"}}}
	if err := t.post(tagging+"category", spec, &category); err != nil {
		return err
	}
	for _, each := range tags {
		var made struct{ Value string }
		spec := order{"create_spec": order{"name": each.Name, "description": each.Name, "category_id": category.Value}}
		if err := t.post(tagging+"tag", spec, &made); err != nil {
			return err
		}
		for _, vm := range machines() {
			for _, system := range each.Systems {
				if !strings.HasPrefix(vm.Name, system+"-") {
					continue
				}
				id := order{"object_id": order{"type": "VirtualMachine", "id": vm.Self.Value}}
				if err := t.post(tagging+"tag-association/id:"+made.Value+"?~action=attach", id, nil); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
