output "addresses" {
  description = "Public addresses of each region, for `addresses` in apus.yaml."
  value = {
    eu-central   = module.eu-central.addresses
    us-east      = module.us-east.addresses
    us-west      = module.us-west.addresses
    sa-east      = module.sa-east.addresses
    ap-south     = module.ap-south.addresses
    ap-southeast = module.ap-southeast.addresses
  }
}

output "hosts" {
  description = "Public addresses of all hosts by region and name, for `deploy/region upgrade --host admin@ADDRESS`."
  value = {
    eu-central   = module.eu-central.public_addresses
    us-east      = module.us-east.public_addresses
    us-west      = module.us-west.public_addresses
    sa-east      = module.sa-east.public_addresses
    ap-south     = module.ap-south.public_addresses
    ap-southeast = module.ap-southeast.public_addresses
  }
}

output "workers" {
  description = "For `workers.hosts` of each region in apus.yaml; empty where they share a host with nginx."
  value = {
    eu-central   = module.eu-central.workers
    us-east      = module.us-east.workers
    us-west      = module.us-west.workers
    sa-east      = module.sa-east.workers
    ap-south     = module.ap-south.workers
    ap-southeast = module.ap-southeast.workers
  }
}

output "redis" {
  description = "Redis' address in each region; null where nginx, workers and Redis share a host."
  value = {
    eu-central   = module.eu-central.redis
    us-east      = module.us-east.redis
    us-west      = module.us-west.redis
    sa-east      = module.sa-east.redis
    ap-south     = module.ap-south.redis
    ap-southeast = module.ap-southeast.redis
  }
}

output "global" {
  description = "The CDN, and the names that lead to regions."
  value = {
    distribution = module.global.distribution
    nearest_host = module.global.nearest_host
    home_hosts   = module.global.home_hosts
  }
}

output "operations" {
  description = "For network.operations in apus.yaml: who asks whether a region is well."
  value       = module.global.health_checkers
}
