package cost

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"sync"
)

//go:embed prices.csv
var priceList []byte

// Price is a row of prices.csv.
type Price struct {
	Service, Item, Unit string
	USD                 float64
	// Region is where it holds; it stands in for other regions.
	Region string
	// Date is the day whose list price it is, "2025-06-30"; Page shows today's.
	Date, Page string
}

type priced struct{ service, item string }

// priceTable reads prices.csv, which a test keeps sound.
var priceTable = sync.OnceValue(func() map[priced]Price {
	table := map[priced]Price{}
	for _, row := range rows(priceList, 7) {
		usd, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			panic(fmt.Sprintf("prices.csv: %q: %v", row, err))
		}
		table[priced{row[0], row[1]}] = Price{
			Service: row[0], Item: row[1], Unit: row[2], USD: usd, Region: row[4], Date: row[5], Page: row[6],
		}
	}
	return table
})

// pricesOf is the date of the oldest price, and the region of all.
func pricesOf() (date, region string) {
	for _, price := range priceTable() {
		if date == "" || price.Date < date {
			date = price.Date
		}
		region = price.Region
	}
	return date, region
}

// rows are those of an embedded table, without its header.
func rows(table []byte, columns int) [][]string {
	reader := csv.NewReader(bytes.NewReader(table))
	reader.FieldsPerRecord = columns
	all, err := reader.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("an embedded table: %v", err))
	}
	return all[1:]
}
