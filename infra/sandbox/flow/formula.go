package flow

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/policy/props"
)

// measure is what an alarm judges: one metric, or what metric math makes of several.
type measure struct {
	of     []metric
	period time.Duration
	// value is that of a period; false where there is none.
	value func(from, until time.Time) (float64, bool)
}

// measureOf is an alarm's; false of math that is not understood.
func (e *engine) measureOf(alarm cloud.Resource) (measure, bool) {
	if m, single := metricOf(alarm); single {
		return measure{of: []metric{m}, period: m.period, value: func(from, until time.Time) (float64, bool) {
			return e.data.statistic(m, from, until)
		}}, true
	}
	named := map[string]metric{}
	var of []metric
	var formula ast.Expr
	for _, query := range props.Maps(alarm.Outputs, "metricQueries[*]") {
		for _, stated := range props.Maps(query, "metric") {
			m := metricIn(alarm, stated, props.Text(stated, "stat"))
			named[props.Text(query, "id")] = m
			of = append(of, m)
		}
		if text := props.Text(query, "expression"); text != "" && props.Flag(query, "returnData") {
			formula, _ = parser.ParseExpr(text) // nil where it is not understood
		}
	}
	if formula == nil || len(of) == 0 {
		return measure{}, false
	}
	return measure{of: of, period: of[0].period, value: func(from, until time.Time) (float64, bool) {
		return computed(formula, func(id string) (float64, bool) { return e.data.statistic(named[id], from, until) })
	}}, true
}

// computed is the value of metric math for one period, as far as it is written as Go's expressions are: a number, a
// metric's id, an operator, IF and FILL. What is made of nothing is nothing, but by FILL and IF.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
func computed(formula ast.Expr, of func(id string) (float64, bool)) (float64, bool) {
	switch f := formula.(type) {
	case *ast.ParenExpr:
		return computed(f.X, of)
	case *ast.Ident:
		return of(f.Name)
	case *ast.BasicLit:
		value, err := strconv.ParseFloat(f.Value, 64)
		return value, err == nil
	case *ast.BinaryExpr:
		left, leftIs := computed(f.X, of)
		right, rightIs := computed(f.Y, of)
		return operated(f.Op, left, right), leftIs && rightIs
	case *ast.CallExpr:
		return called(f, of)
	}
	return 0, false
}

func called(f *ast.CallExpr, of func(id string) (float64, bool)) (float64, bool) {
	name, _ := f.Fun.(*ast.Ident)
	switch {
	case name == nil:
		return 0, false
	case name.Name == "FILL" && len(f.Args) == 2:
		if value, is := computed(f.Args[0], of); is {
			return value, true
		}
		return computed(f.Args[1], of)
	case name.Name == "IF" && len(f.Args) == 3:
		holds, is := computed(f.Args[0], of)
		if !is {
			return 0, false
		}
		if holds != 0 {
			return computed(f.Args[1], of)
		}
		return computed(f.Args[2], of)
	}
	return 0, false
}

func operated(by token.Token, left, right float64) float64 {
	truth := map[token.Token]bool{
		token.GTR: left > right, token.GEQ: left >= right, token.LSS: left < right, token.LEQ: left <= right,
		token.EQL: left == right, token.NEQ: left != right,
		token.LAND: left != 0 && right != 0, token.LOR: left != 0 || right != 0,
	}
	switch by {
	case token.ADD:
		return left + right
	case token.SUB:
		return left - right
	case token.MUL:
		return left * right
	case token.QUO:
		return left / right
	}
	if truth[by] {
		return 1
	}
	return 0
}
