package cloud

import "slices"

var types = index(slices.Concat(
	networkTypes(), gatewayTypes(), endpointTypes(), securityGroupTypes(), networkACLTypes(),
	loadBalancerTypes(), listenerTypes(), rdsTypes(), ecrTypes(), ecsTypes(), iamTypes(), kmsTypes(), route53Types(),
	acmTypes(),
	cognitoTypes(), s3Types(), logsTypes(), metricFilterTypes(), appAutoScalingTypes(), secretsManagerTypes(),
	gcpTypes(), wafv2Types(), glueTypes(), athenaTypes(),
	efsTypes(), elastiCacheTypes(), backupTypes(),
	snsTypes(), eventsTypes(), cloudWatchTypes(), stepFunctionsTypes(), schedulerTypes(),
	guardDutyTypes(), securityHubTypes(), analysisTypes(), ssmTypes(), costTypes(),
	accountTypes(), cfgTypes(), cloudTrailTypes(), s3LockTypes(),
	s3NotificationTypes(), s3ReplicationTypes(), sqsTypes(), serviceQuotaTypes(),
))

func index(all []*Type) map[string]*Type {
	byToken := make(map[string]*Type, len(all))
	for _, t := range all {
		byToken[t.Token] = t
	}
	return byToken
}

// For is the type of that token, false where the sandbox does not know it.
func For(token string) (*Type, bool) {
	t, ok := types[token]
	return t, ok
}
