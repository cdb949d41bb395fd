// Walks one agent with gosnmp, several times in a row, and prints what each walk took.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/gosnmp/gosnmp"
)

func cpu() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

func main() {
	port, _ := strconv.Atoi(os.Args[1])
	repetitions, _ := strconv.Atoi(os.Args[2])
	rounds, _ := strconv.Atoi(os.Args[3])
	client := &gosnmp.GoSNMP{
		Target: "127.0.0.1", Port: uint16(port), Community: "public", Version: gosnmp.Version2c,
		Timeout: 5 * time.Second, Retries: 2, MaxRepetitions: uint32(repetitions), MaxOids: 60,
	}
	if err := client.Connect(); err != nil {
		panic(err)
	}
	rows := 0
	var walls, cpus []float64
	for round := 0; round < rounds; round++ {
		began, used := time.Now(), cpu()
		found, err := client.BulkWalkAll("1.3.6.1.2.1")
		if err != nil {
			panic(err)
		}
		walls = append(walls, time.Since(began).Seconds())
		cpus = append(cpus, cpu()-used)
		rows = len(found)
	}
	text, _ := json.Marshal(map[string]interface{}{"rows": rows, "wall": walls, "cpu": cpus})
	fmt.Println(string(text))
}
