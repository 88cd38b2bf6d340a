package awsstub

import (
	"strings"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

// measure answers CloudWatch's operations.
func (s *Server) measure(call Call, input cbor.Map) cbor.Map {
	switch call.Action {
	case "GetMetricData":
		return s.lag(call)
	case "PutMetricData":
		s.publish(call.Region, input)
		return cbor.Map{}
	}
	var alarms cbor.List
	for name, state := range s.Alarms {
		region, name, _ := strings.Cut(name, "/")
		if region == call.Region && strings.Contains(call.Input["AlarmNames"], name) {
			alarms = append(alarms, cbor.Map{"AlarmName": cbor.String(name), "StateValue": cbor.String(state)})
		}
	}
	return cbor.Map{"MetricAlarms": alarms}
}

// lag is one measurement, and a later one at which nothing was known.
func (s *Server) lag(call Call) cbor.Map {
	result := cbor.Map{"Id": cbor.String("lag"), "Values": cbor.List{}, "Timestamps": cbor.List{}}
	for place, lag := range s.Lag {
		region, id, _ := strings.Cut(place, "/")
		if region == call.Region && strings.Contains(call.Input["MetricDataQueries"], "Value="+id+"}") {
			result["Values"] = cbor.List{cbor.Float64(-1), cbor.Float64(lag.Seconds)}
			result["Timestamps"] = cbor.List{epoch(lag.At.Add(time.Minute)), epoch(lag.At)}
		}
	}
	return cbor.Map{"MetricDataResults": cbor.List{result}}
}

func epoch(at time.Time) cbor.Value {
	return &cbor.Tag{ID: 1, Value: cbor.Float64(at.Unix())}
}

// publish sets the alarm of a latch, once it was published to often enough: its name ends as its dimension begins.
func (s *Server) publish(region string, input cbor.Map) {
	for name := range s.Alarms {
		data, _ := input["MetricData"].(cbor.List)
		for _, each := range data {
			datum, _ := each.(cbor.Map)
			value, _ := datum["Value"].(cbor.Float64)
			stack, _, _ := strings.Cut(strings.TrimPrefix(name, region+"/"), "-taken-over")
			if !strings.Contains(plain(datum["Dimensions"]), "Value="+stack+"}") {
				continue
			}
			if s.published++; s.published%max(1, s.Patience) != 0 {
				continue // the alarm is evaluated once a minute
			}
			s.Alarms[name] = map[bool]string{true: "ALARM", false: "OK"}[value >= 1]
		}
	}
}

// execute answers Step Functions.
func (s *Server) execute(call Call) (any, error) {
	in := call.Input
	arn := in["executionArn"]
	if call.Action == "StartExecution" {
		arn = strings.Replace(in["stateMachineArn"], ":stateMachine:", ":execution:", 1) + ":" + in["name"]
	}
	execution := s.Executions[arn]
	switch {
	case !strings.HasPrefix(arn, "arn:aws:states:"+call.Region+":"):
		return nil, &refusal{"InvalidArn", arn + " is not of " + call.Region}
	case call.Action == "StartExecution" && execution != nil && execution.Status != "RUNNING":
		return nil, &refusal{"ExecutionAlreadyExists", "Execution Already Exists: '" + arn + "'"}
	case call.Action == "StartExecution" && execution == nil:
		s.Executions[arn] = &Execution{Status: "RUNNING", changing: s.Patience}
	case execution == nil:
		return nil, &refusal{"ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'"}
	case call.Action == "RedriveExecution":
		if execution.Status == "SUCCEEDED" || execution.Status == "RUNNING" {
			return nil, &refusal{"ExecutionNotRedrivable", "it is " + execution.Status}
		}
		execution.Status, execution.changing = "RUNNING", s.Patience
		execution.Redriven++
		return map[string]any{"redriveDate": float64(time.Now().Unix())}, nil
	case call.Action == "DescribeExecution" && execution.Status == "RUNNING" && execution.changing > 0:
		if execution.changing--; execution.changing == 0 {
			execution.Status = "SUCCEEDED"
		}
	}
	if execution = s.Executions[arn]; call.Action == "StartExecution" {
		return map[string]any{"executionArn": arn, "startDate": float64(time.Now().Unix())}, nil
	}
	machine := arn[:strings.LastIndex(arn, ":")]
	return map[string]any{"executionArn": arn, "status": execution.Status, "startDate": float64(time.Now().Unix()),
		"stateMachineArn": strings.Replace(machine, ":execution:", ":stateMachine:", 1), "error": "States.TaskFailed"}, nil
}
