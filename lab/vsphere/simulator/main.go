// A vCenter for the lab, on top of govmomi's simulator package as Debian ships it: it holds what an estate file says,
// shows what a NOC looks at, counts what is asked of it, and has the faults that it is told to have.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
)

func main() {
	address := flag.String("listen", "127.0.0.1:0", "address and port of the vCenter")
	control := flag.String("control", "127.0.0.1:0", "address and port of the door for tests")
	file := flag.String("estate", "", "what the vCenter holds (JSON)")
	certificate := flag.String("certificate", "", "certificate and key (PEM)")
	wrong := flag.String("wrong-certificate", "", "somebody else's certificate and key (PEM), for the fault")
	noise := flag.Bool("noise", false, "let the simulator log to stderr")
	flag.Parse()
	if !*noise {
		log.SetOutput(io.Discard)
	}
	if err := run(*address, *control, *file, *certificate, *wrong); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// login comes on stdin, so that no list of processes shows it.
type login struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

func run(address, control, file, certificate, wrong string) error {
	var account login
	if err := json.NewDecoder(os.Stdin).Decode(&account); err != nil || account.User == "" || account.Password == "" {
		return fmt.Errorf("stdin must say {\"user\": ..., \"password\": ...}: %v", err)
	}
	e, err := readEstate(file)
	if err != nil {
		return err
	}
	model, err := build(e)
	if err != nil {
		return err
	}
	defer model.Remove()
	model.Service.Listen = &url.URL{User: url.UserPassword(account.User, account.Password)}
	model.Service.RegisterEndpoints = true
	inner := model.Service.NewServer()
	handler := inner.Config.Handler
	// The simulator's own server has no certificate of ours: only what it answers is wanted.
	inner.Close()
	service = model.Service
	service.Listen.User = url.UserPassword(account.User, account.Password)
	replaceManagers()
	if err := makeTags(e, handler, account); err != nil {
		return err
	}
	simulator.Map.AddHandler(&hub{reference{Type: "Hub", Value: "hub"}})

	d, err := newDoor(address, certificate, wrong, handler)
	if err != nil {
		return err
	}
	if err := d.open(); err != nil {
		return err
	}
	defer d.close()
	side, err := newControl(control, d)
	if err != nil {
		return err
	}
	defer side.Close()
	ready, _ := json.Marshal(map[string]interface{}{
		"address": d.address, "control": "http://" + side.Addr, "pid": os.Getpid(),
		"hosts": len(all("HostSystem")), "machines": len(all("VirtualMachine")), "datastores": len(all("Datastore")),
	})
	fmt.Println(string(ready))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		// Who started this holds the other end: when they are gone, so is this.
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop <- syscall.SIGTERM
	}()
	<-stop
	return nil
}

// replaceManagers puts the strict ones in the place of the simulator's.
func replaceManagers() {
	content := simulator.Map.Get(reference{Type: "ServiceInstance", Value: "ServiceInstance"}).(*simulator.ServiceInstance).Content
	strict := &collector{}
	strict.Self = content.PropertyCollector
	simulator.Map.Put(strict)
	views := simulator.Map.Get(*content.ViewManager).(*simulator.ViewManager)
	simulator.Map.Put(&viewManager{*views})
	performance := simulator.Map.Get(*content.PerfManager).(*simulator.PerformanceManager)
	simulator.Map.Put(newPerformance(performance))
}

var _ http.Handler = (*door)(nil)
