// Package firewall owns the web application firewall (AWS WAF) in front of a cell's load balancer.
//
// It guarantees, for each request, in this order:
//   - An address of the block list is refused.
//   - What no client has any business with is refused: the application's metrics, which it serves to anyone, and its
//     installer. Written otherwise (encoded, in capitals, through dots or /index.php) it is the same path.
//   - A request that declares more than 100 MB is refused. AWS WAF reads no more than the first 8 KB of a body behind
//     a load balancer, so one that declares no length is for the application to cut off.
//   - An address that sends more than the limit within five minutes is refused until it sends less, and one that
//     Amazon's lists know for attacks, or as somebody's hiding place, is refused at once. Addresses of the allow list
//     are spared these two, and nothing else: what they send is inspected all the same.
//   - Attacks known to Amazon's rule groups are refused: the common ones, known bad inputs, SQL injection, PHP. Only the
//     common group's limit of a body to 8 KB is left out, since files are uploaded here.
//
// Each request is logged, without its credentials, cookies and tokens, to a bucket that keeps deleted logs for 30 days;
// for the same reason requests are not sampled, as samples show all headers. Rules and lists change in place: the load
// balancer is never without its firewall.
//
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
package firewall
