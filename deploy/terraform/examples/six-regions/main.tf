# Six regions, each near its users, behind one name. Everything that the regions share stands in `locals`; a region is one
# block. The regions differ where they should: Frankfurt and Virginia are homes of accounts and larger.

locals {
  tags = { Application = "apus" }
  # The regions' own names: eu-central.images.example …
  hosts = { for name in ["eu-central", "us-east", "us-west", "sa-east", "ap-south", "ap-southeast"] : name => "${name}.${var.domain}" }
  # What every certificate has beside its region's own name: the shared name, the one that the CDN asks, custom domains.
  shared_names = concat([local.host, local.origin_host], sort(keys(var.custom_hosts)))
  host         = "img.${var.domain}"
  origin_host  = "origin.${var.domain}"
  # Let's Encrypt, by records in the zones of all these names.
  zone_ids = distinct(concat([var.zone_id], [for custom in var.custom_hosts : custom.zone_id]))
  tls = {
    for name, host in local.hosts : name => {
      email    = var.email
      zone_ids = local.zone_ids
      names    = concat([host], local.shared_names)
    }
  }
  # ${APUS_DISTRIBUTION} in apus.yaml: urlEndpoints.cdn.distributionId.
  environment = { APUS_DISTRIBUTION = module.global.distribution.id }
}

# What stands in front of the regions' nginx and says by X-Forwarded-For who asks.
data "aws_ip_ranges" "cdn" {
  provider = aws.us-east-1
  services = ["cloudfront_origin_facing"]
}

module "artefacts" {
  source             = "../../modules/artefacts"
  providers          = { aws = aws.eu-central-1 }
  bucket             = "${var.bucket_prefix}-artefacts"
  bundle_file        = var.bundle_file
  configuration_file = var.configuration_file
  tags               = local.tags
}

# Frankfurt.
module "eu-central" {
  source    = "../../modules/region"
  providers = { aws = aws.eu-central-1 }
  name      = "eu-central"
  artefacts = module.artefacts.artefacts
  network   = { cidr = "10.1.0.0/16" }
  hosts = {
    front-1  = { role = "front", instance_type = "c7i.large", private_ip = "10.1.0.5" }
    front-2  = { role = "front", instance_type = "c7i.large", private_ip = "10.1.1.5", subnet = 1 }
    worker-1 = { role = "worker", instance_type = "c7i.2xlarge", private_ip = "10.1.0.11" }
    worker-2 = { role = "worker", instance_type = "c7i.2xlarge", private_ip = "10.1.1.11", subnet = 1 }
  }
  elasticache           = { node_type = "cache.r7g.large", nodes = 2 }
  store                 = { bucket = "${var.bucket_prefix}-eu-central" }
  tls                   = local.tls["eu-central"]
  environment           = local.environment
  environment_parameter = var.environment_parameter
  proxies               = data.aws_ip_ranges.cdn.cidr_blocks
  distribution_arn      = module.global.distribution.arn
  origin_buckets        = var.origin_buckets
  public_key            = var.public_key
  ssh_networks          = var.ssh_networks
  tags                  = local.tags
}

# Virginia.
module "us-east" {
  source    = "../../modules/region"
  providers = { aws = aws.us-east-1 }
  name      = "us-east"
  artefacts = module.artefacts.artefacts
  network   = { cidr = "10.2.0.0/16" }
  hosts = {
    front-1  = { role = "front", instance_type = "c7i.large", private_ip = "10.2.0.5" }
    worker-1 = { role = "worker", instance_type = "c7i.2xlarge", private_ip = "10.2.0.11" }
    worker-2 = { role = "worker", instance_type = "c7i.2xlarge", private_ip = "10.2.0.12" }
    redis    = { role = "redis", instance_type = "r7i.large", private_ip = "10.2.0.20" }
  }
  store                 = { bucket = "${var.bucket_prefix}-us-east" }
  tls                   = local.tls["us-east"]
  environment           = local.environment
  environment_parameter = var.environment_parameter
  proxies               = data.aws_ip_ranges.cdn.cidr_blocks
  distribution_arn      = module.global.distribution.arn
  origin_buckets        = var.origin_buckets
  public_key            = var.public_key
  ssh_networks          = var.ssh_networks
  tags                  = local.tags
}

# Oregon.
module "us-west" {
  source                = "../../modules/region"
  providers             = { aws = aws.us-west-2 }
  name                  = "us-west"
  artefacts             = module.artefacts.artefacts
  network               = { cidr = "10.3.0.0/16" }
  hosts                 = { one = { role = "all", instance_type = "c7i.xlarge", disk_gb = 60 } }
  store                 = { bucket = "${var.bucket_prefix}-us-west" }
  tls                   = local.tls["us-west"]
  environment           = local.environment
  environment_parameter = var.environment_parameter
  proxies               = data.aws_ip_ranges.cdn.cidr_blocks
  distribution_arn      = module.global.distribution.arn
  origin_buckets        = var.origin_buckets
  public_key            = var.public_key
  ssh_networks          = var.ssh_networks
  tags                  = local.tags
}

# Sao Paulo.
module "sa-east" {
  source                = "../../modules/region"
  providers             = { aws = aws.sa-east-1 }
  name                  = "sa-east"
  artefacts             = module.artefacts.artefacts
  network               = { cidr = "10.4.0.0/16" }
  hosts                 = { one = { role = "all", instance_type = "c7i.xlarge", disk_gb = 60 } }
  store                 = { bucket = "${var.bucket_prefix}-sa-east" }
  tls                   = local.tls["sa-east"]
  environment           = local.environment
  environment_parameter = var.environment_parameter
  proxies               = data.aws_ip_ranges.cdn.cidr_blocks
  distribution_arn      = module.global.distribution.arn
  origin_buckets        = var.origin_buckets
  public_key            = var.public_key
  ssh_networks          = var.ssh_networks
  tags                  = local.tags
}

# Mumbai.
module "ap-south" {
  source                = "../../modules/region"
  providers             = { aws = aws.ap-south-1 }
  name                  = "ap-south"
  artefacts             = module.artefacts.artefacts
  network               = { cidr = "10.5.0.0/16" }
  hosts                 = { one = { role = "all", instance_type = "c7i.xlarge", disk_gb = 60 } }
  store                 = { bucket = "${var.bucket_prefix}-ap-south" }
  tls                   = local.tls["ap-south"]
  environment           = local.environment
  environment_parameter = var.environment_parameter
  proxies               = data.aws_ip_ranges.cdn.cidr_blocks
  distribution_arn      = module.global.distribution.arn
  origin_buckets        = var.origin_buckets
  public_key            = var.public_key
  ssh_networks          = var.ssh_networks
  tags                  = local.tags
}

# Singapore.
module "ap-southeast" {
  source                = "../../modules/region"
  providers             = { aws = aws.ap-southeast-1 }
  name                  = "ap-southeast"
  artefacts             = module.artefacts.artefacts
  network               = { cidr = "10.6.0.0/16" }
  hosts                 = { one = { role = "all", instance_type = "c7i.xlarge", disk_gb = 60 } }
  store                 = { bucket = "${var.bucket_prefix}-ap-southeast" }
  tls                   = local.tls["ap-southeast"]
  environment           = local.environment
  environment_parameter = var.environment_parameter
  proxies               = data.aws_ip_ranges.cdn.cidr_blocks
  distribution_arn      = module.global.distribution.arn
  origin_buckets        = var.origin_buckets
  public_key            = var.public_key
  ssh_networks          = var.ssh_networks
  tags                  = local.tags
}

module "global" {
  source    = "../../modules/global"
  providers = { aws = aws.us-east-1 }
  zone_id   = var.zone_id
  host      = local.host
  regions = {
    eu-central   = merge(module.eu-central.global, { host = local.hosts["eu-central"] })
    us-east      = merge(module.us-east.global, { host = local.hosts["us-east"] })
    us-west      = merge(module.us-west.global, { host = local.hosts["us-west"] })
    sa-east      = merge(module.sa-east.global, { host = local.hosts["sa-east"] })
    ap-south     = merge(module.ap-south.global, { host = local.hosts["ap-south"] })
    ap-southeast = merge(module.ap-southeast.global, { host = local.hosts["ap-southeast"] })
  }
  custom_hosts = var.custom_hosts
  # Without shield: misses are to reach the region nearest to the user, not the one nearest to the shield.
  cdn  = { origin_host = local.origin_host }
  tags = local.tags
}
