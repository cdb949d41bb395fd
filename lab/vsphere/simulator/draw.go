package main

import (
	"fmt"
	"hash/fnv"
	"math/rand"
)

// draw gives the dice of a name: the same name throws the same numbers in every lab.
func draw(parts ...interface{}) *rand.Rand {
	return rand.New(rand.NewSource(int64(digest(parts...))))
}

func digest(parts ...interface{}) uint64 {
	sum := fnv.New64a()
	for _, part := range parts {
		fmt.Fprint(sum, part, "\x00")
	}
	return sum.Sum64()
}
