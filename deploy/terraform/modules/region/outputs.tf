output "addresses" {
  description = "Public addresses of the hosts with nginx, for `addresses` of the region in apus.yaml (deploy/dns only)."
  value       = [for name in sort(keys(local.fronts)) : aws_eip.front[name].public_ip]
}

output "workers" {
  description = "Where workers accept FastCGI, for `workers.hosts` of the region in apus.yaml; empty where they share a host with nginx."
  value       = [for name in sort(keys(var.hosts)) : "${var.hosts[name].private_ip}:9000" if var.hosts[name].role == "worker"]
}

output "public_addresses" {
  description = "Public addresses of all hosts by name, for `deploy/region upgrade --host admin@ADDRESS`."
  value = {
    for name, host in aws_instance.host : name => contains(keys(local.fronts), name) ? aws_eip.front[name].public_ip : host.public_ip
  }
}

output "private_addresses" {
  description = "Private addresses of all hosts by name; those of fronts are `workers.fronts` in apus.yaml."
  value       = { for name, host in aws_instance.host : name => host.private_ip }
}

output "store_bucket" {
  description = "The store's bucket: $${APUS_STORE_BUCKET} on the hosts; null if there is none."
  value       = one(aws_s3_bucket.store[*].bucket)
}

output "redis" {
  description = "Redis' address, as in $${APUS_REDIS_URL} on the hosts; null where nginx, workers and Redis share a host."
  value       = var.elasticache != null ? local.redis_url : local.redis_host == null ? null : "redis://${local.redis_host}:6379"
}

output "role_arn" {
  description = "The hosts' role, for policies of buckets in other accounts."
  value       = aws_iam_role.host.arn
}

output "security_group_id" {
  description = "The group of all hosts."
  value       = aws_security_group.hosts.id
}

output "global" {
  description = "For `regions` of the module global."
  value = {
    aws_region = data.aws_region.current.region
    addresses  = { for name in keys(local.fronts) : name => aws_eip.front[name].public_ip }
  }
}
