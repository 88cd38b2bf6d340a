// Package alarms owns what is watched: the alarms of a tenant, those of a cell, and the cell's dashboard.
//
// What is watched is data: a list for each service in a file of its own, which says of each alarm what it measures,
// when it goes off, how severe that is and what to do first. Each alarm says too what it makes of missing data, because
// AWS's services differ: some report a zero, some report nothing.
//
//   - breaching: silence is the failure itself, as with targets and tasks.
//   - notBreaching: silence means that nothing happened, as with errors and blocked requests.
//   - ignore: silence says nothing, and the alarm stays as it is.
//
// An alarm tells the topic of its severity when it goes off and when it is over. Critical is for what users notice or
// soon will, warning for what needs a look within days, info for what is only good to know. Without a topic the alarm
// is declared all the same: its state shows, and nobody is told.
//
// A suspended tenant runs nothing. What is meant to run is then not watched, its data still are.
//
// # Budgets
//
// The costs of a tenant are those of what carries its tag "tenant", those of a cell of what carries its tag "cell", its
// tenants' included. AWS knows them once these tags are activated as cost allocation tags, by the account that pays.
//
// # A metric of its own
//
// JobsWaiting is not AWS's: how many jobs wait in the tenant's queues, as package application counts them. It lies in
// the namespace "Haven/<stack>" and has no dimensions. How old the copies of a tenant's data are is watched by package
// freshness, which measures it.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
package alarms
