// Package dashboard writes the bodies of CloudWatch dashboards.
//
// It is pure: no Pulumi, no cloud SDK. A body follows from the rows alone, byte for byte, so that a dashboard changes
// only when what it shows does.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
package dashboard

import (
	"bytes"
	"encoding/json"
	"strings"
)

// columns is how wide a dashboard is.
const columns = 24

// Heights of widgets, in rows of the grid.
const (
	textHeight   = 1
	alarmsHeight = 4
	graphHeight  = 6
)

// Dashboard is rows of widgets, from top to bottom.
type Dashboard struct {
	Rows []Row
}

// Row is one to 24 widgets side by side, each as wide as the others.
type Row []Widget

// Widget is one of Text, Alarms and Graph.
type Widget interface {
	height() int
	kind() string
	properties() any
}

// JSON is the dashboard's body.
func (d Dashboard) JSON() string {
	body := bodyJSON{Widgets: []widgetJSON{}}
	y := 0
	for _, row := range d.Rows {
		tallest := 0
		for i, widget := range row {
			width := columns / len(row)
			body.Widgets = append(body.Widgets, widgetJSON{
				Type: widget.kind(), X: i * width, Y: y, Width: width, Height: widget.height(),
				Properties: widget.properties(),
			})
			tallest = max(tallest, widget.height())
		}
		y += tallest
	}
	return encode(body)
}

type bodyJSON struct {
	Widgets []widgetJSON `json:"widgets"`
}

type widgetJSON struct {
	Type       string `json:"type"`
	X          int    `json:"x"`
	Y          int    `json:"y"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	Properties any    `json:"properties"`
}

func encode(body bodyJSON) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		panic(err) // numbers, strings and lists of them always encode
	}
	return strings.TrimSpace(text.String())
}
