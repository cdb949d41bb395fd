// Scrapes exporters over HTTP with gzip, as Prometheus does, and prints what each scrape took.
//
// Each scraper has some of the URLs for itself: no target is asked twice at a time.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

var (
	scrapers = flag.Int("scrapers", 1, "how many scrape at the same time")
	total    = flag.Int64("total", 1, "how many scrapes, one URL after the other")
	over     = flag.Duration("over", 0, "instead: each URL once, evenly spread over this time")
	timeout  = flag.Duration("timeout", 10*time.Second, "for one scrape")
	success  = flag.String("success", "", "what an answer must hold; without it, an answer is enough")
)

type scraper struct {
	client *http.Client
	mutex  sync.Mutex
	took   []float64
	missed []string
	bytes  int64
}

func (s *scraper) scrape(url string) {
	began := time.Now()
	size, problem := s.get(url)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if problem != "" {
		s.missed = append(s.missed, url+": "+problem)
		return
	}
	s.took = append(s.took, time.Since(began).Seconds())
	s.bytes += size
}

func (s *scraper) get(url string) (int64, string) {
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return 0, err.Error()
	}
	// Asked for by hand: otherwise the client would unpack what it gets.
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", fmt.Sprint(timeout.Seconds()))
	answer, err := s.client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	if *success == "" && answer.StatusCode == 200 && answer.Header.Get("Content-Encoding") == "gzip" {
		size, err := io.Copy(io.Discard, answer.Body)
		if err != nil {
			return 0, err.Error()
		}
		return size, ""
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	size := int64(len(body))
	if answer.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return 0, err.Error()
		}
		if body, err = io.ReadAll(unpacked); err != nil {
			return 0, err.Error()
		}
	}
	if answer.StatusCode != 200 || *success == "" || !bytes.Contains(body, []byte(*success)) {
		return 0, answer.Status
	}
	return size, ""
}

// One after the other, by several scrapers at the same time.
func (s *scraper) inTurn(urls []string) {
	var begun atomic.Int64
	var group sync.WaitGroup
	for first := 0; first < *scrapers; first++ {
		first := first
		group.Add(1)
		go func() {
			defer group.Done()
			for at := first; begun.Add(1) <= *total; at += *scrapers {
				if at >= len(urls) {
					at = first
				}
				s.scrape(urls[at])
			}
		}()
	}
	group.Wait()
}

// Each once, evenly spread: who is late does not hold up the others.
func (s *scraper) spread(urls []string) {
	var group sync.WaitGroup
	start := time.Now()
	for number, url := range urls {
		time.Sleep(time.Until(start.Add(*over * time.Duration(number) / time.Duration(len(urls)))))
		url := url
		group.Add(1)
		go func() {
			defer group.Done()
			s.scrape(url)
		}()
	}
	group.Wait()
	time.Sleep(time.Until(start.Add(*over)))
}

func main() {
	flag.Parse()
	transport := &http.Transport{MaxIdleConnsPerHost: 1000, DisableCompression: true}
	s := &scraper{client: &http.Client{Transport: transport, Timeout: *timeout}}
	start := time.Now()
	if *over > 0 {
		s.spread(flag.Args())
	} else {
		s.inTurn(flag.Args())
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{
		"wall": time.Since(start).Seconds(), "scrapes": s.took, "missed": s.missed, "bytes": s.bytes,
	}); err != nil {
		panic(err)
	}
}
