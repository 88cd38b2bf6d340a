// A program that writes what it was given into the file its first argument names, and ends with the status of its
// second: or waits, where that is no number.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	text, err := json.Marshal(map[string]any{"dir": dir, "environ": os.Environ()})
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(os.Args[1], text, 0o644); err != nil {
		panic(err)
	}
	fmt.Fprint(os.Stdout, "said")
	fmt.Fprint(os.Stderr, "complained")
	status, err := strconv.Atoi(os.Args[2])
	if err != nil {
		time.Sleep(time.Hour)
	}
	os.Exit(status)
}
