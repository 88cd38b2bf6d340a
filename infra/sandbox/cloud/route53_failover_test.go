package cloud

import "testing"

func TestFailover(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		lb := s.loadBalancer()
		latch := settings{"name": "taken-over", "namespace": "Haven/Recovery", "metricName": "TakenOver", "period": 60,
			"statistic": "Maximum", "comparisonOperator": "GreaterThanOrEqualToThreshold", "threshold": 1,
			"evaluationPeriods": 1, "treatMissingData": "ignore"}
		s.in(germany, func() {
			s.make(metricAlarm, latch)
			s.make(metricAlarm, with(latch, settings{"name": "m-of-n", "evaluationPeriods": 3, "datapointsToAlarm": 2}))
			s.make(metricAlarm, with(latch, settings{"name": "fast", "period": 10}))
			s.make(metricAlarm, with(latch, settings{"name": "extended", "statistic": nil, "extendedStatistic": "p99"}))
		})
		check := func(changes settings) settings {
			return with(settings{"type": "CLOUDWATCH_METRIC", "cloudwatchAlarmName": "taken-over",
				"cloudwatchAlarmRegion": germany, "insufficientDataHealthStatus": "LastKnownStatus"}, changes)
		}
		id := s.make(route53HealthCheck, check(nil)).ID
		record := func(host, kind, set string, changes settings) settings {
			return with(settings{"zoneId": s.zone.ID, "name": host + ".demo.haven.example", "type": "A", "setIdentifier": set,
				"failoverRoutingPolicies": []settings{{"type": kind}},
				"aliases": []settings{{"name": lb.Text("dnsName"), "zoneId": lb.Text("zoneId"),
					"evaluateTargetHealth": false}}}, changes)
		}
		alone := settings{"setIdentifier": nil, "failoverRoutingPolicies": nil}
		s.make(route53Record, record("both", "PRIMARY", "primary", settings{"healthCheckId": id}))
		s.make(route53Record, record("alone", "", "", alone))
		return []attempt{
			{"a check", route53HealthCheck, check(nil), ""},
			{"a check on no alarm", route53HealthCheck, check(settings{"cloudwatchAlarmName": nil}),
				"operation error Route 53: CreateHealthCheck, https response error StatusCode: 400, api error InvalidInput:" +
					" AlarmIdentifier is required"},
			{"a check on an alarm of another region", route53HealthCheck, check(settings{"cloudwatchAlarmRegion": ireland}),
				"The specified CloudWatch alarm taken-over in region eu-west-1 does not exist."},
			{"a check with an endpoint", route53HealthCheck, check(settings{"fqdn": "a.example"}), "has no endpoint"},
			{"an endpoint's check with an alarm", route53HealthCheck, check(settings{"type": "HTTPS", "fqdn": "a.example"}),
				"are for health checks of the type CLOUDWATCH_METRIC"},
			{"M out of N", route53HealthCheck, check(settings{"cloudwatchAlarmName": "m-of-n"}), "M out of N"},
			{"high resolution", route53HealthCheck, check(settings{"cloudwatchAlarmName": "fast"}), "high-resolution"},
			{"extended statistic", route53HealthCheck, check(settings{"cloudwatchAlarmName": "extended"}),
				"extended statistic"},
			{"the second way", route53Record, record("both", "SECONDARY", "standby", nil), ""},
			{"a second first way", route53Record, record("both", "PRIMARY", "other", nil),
				"because a PRIMARY set with the same name and type already exists"},
			{"the same way again", route53Record, record("both", "SECONDARY", "primary", nil), "but it already exists"},
			{"one beside two", route53Record, record("both", "", "", alone),
				"SetIdentifier null cannot be created as other RRSets exist with the same name and type."},
			{"two beside one", route53Record, record("alone", "PRIMARY", "primary", nil),
				"SetIdentifier primary cannot be created as other RRSets exist"},
			{"weighted beside two", route53Record, record("both", "", "w", settings{"failoverRoutingPolicies": nil,
				"weightedRoutingPolicies": []settings{{"weight": 1}}}), "as a non-failover set"},
			{"no such check", route53Record, record("new", "PRIMARY", "primary", settings{"healthCheckId": "x"}),
				"No health check found with ID: x"},
		}
	})
}
