output "distribution" {
  description = "The CDN: its id (for urlEndpoints.cdn.distributionId), its arn (for the module region) and its name; null if there is none."
  value = var.cdn == null ? null : {
    id          = aws_cloudfront_distribution.cdn[0].id
    arn         = aws_cloudfront_distribution.cdn[0].arn
    domain_name = aws_cloudfront_distribution.cdn[0].domain_name
  }
}

output "nearest_host" {
  description = "The name that leads to the nearest region that is well."
  value       = local.nearest_host
}

output "home_hosts" {
  description = "By region: the name that leads to it, or to the nearest one while it is not well. What custom domains elsewhere have as CNAME."
  value       = local.home_hosts
}

output "health_checkers" {
  description = "The networks that Route 53 asks from, for network.operations in apus.yaml."
  value       = data.aws_ip_ranges.health_checkers.cidr_blocks
}
