# From names to regions:
#
#   img.images.example (host)             the CDN; without one what stands in the next line
#   origin.images.example                 latency: the nearest region that is well
#   home-eu-central.images.example        failover: that region, or the nearest while it is not well
#   eu.images.example (a region's host)   its hosts with nginx that are well
#
# An alias that evaluates its target is not given while nothing behind it is well; if nothing is well anywhere, all are.

locals {
  nearest_host = var.cdn == null ? var.host : var.cdn.origin_host
  domain       = join(".", slice(split(".", var.host), 1, length(split(".", var.host))))
  home_hosts   = { for name in keys(var.regions) : name => "home-${name}.${local.domain}" }

  # Every host with nginx, as "eu-central/one".
  fronts = merge([
    for name, region in var.regions : {
      for front, address in region.addresses : "${name}/${front}" => {
        region  = name
        host    = region.host
        address = address
      }
    }
  ]...)
}

resource "aws_route53_health_check" "front" {
  for_each          = local.fronts
  type              = "HTTPS"
  ip_address        = each.value.address
  fqdn              = each.value.host
  port              = 443
  resource_path     = var.health.path
  request_interval  = var.health.interval
  failure_threshold = var.health.failures
  tags              = merge(var.tags, { Name = "apus ${each.key}" })
}

resource "aws_route53_record" "front" {
  for_each        = local.fronts
  zone_id         = var.zone_id
  name            = each.value.host
  type            = "A"
  ttl             = var.ttl
  records         = [each.value.address]
  set_identifier  = each.key
  health_check_id = aws_route53_health_check.front[each.key].id

  weighted_routing_policy {
    weight = 1
  }
}

resource "aws_route53_record" "nearest" {
  for_each       = var.regions
  zone_id        = var.zone_id
  name           = local.nearest_host
  type           = "A"
  set_identifier = each.key

  latency_routing_policy {
    region = each.value.aws_region
  }

  alias {
    zone_id                = var.zone_id
    name                   = each.value.host
    evaluate_target_health = true
  }

  depends_on = [aws_route53_record.front]
}

resource "aws_route53_record" "home" {
  for_each       = var.regions
  zone_id        = var.zone_id
  name           = local.home_hosts[each.key]
  type           = "A"
  set_identifier = "home"

  failover_routing_policy {
    type = "PRIMARY"
  }

  alias {
    zone_id                = var.zone_id
    name                   = each.value.host
    evaluate_target_health = true
  }

  depends_on = [aws_route53_record.front]
}

resource "aws_route53_record" "home_away" {
  for_each       = var.regions
  zone_id        = var.zone_id
  name           = local.home_hosts[each.key]
  type           = "A"
  set_identifier = "nearest"

  failover_routing_policy {
    type = "SECONDARY"
  }

  alias {
    zone_id                = var.zone_id
    name                   = local.nearest_host
    evaluate_target_health = true
  }

  depends_on = [aws_route53_record.nearest]
}

# Custom domains, in zones of their own, where an alias cannot leave the zone.
resource "aws_route53_record" "custom_host" {
  for_each = var.cdn == null ? var.custom_hosts : {}
  zone_id  = each.value.zone_id
  name     = each.key
  type     = "CNAME"
  ttl      = var.ttl
  records  = [each.value.home == null ? local.nearest_host : local.home_hosts[each.value.home]]
}

resource "aws_route53_record" "cdn" {
  for_each = local.cdn_records
  zone_id  = each.value.zone_id
  name     = each.value.name
  type     = each.value.type

  alias {
    zone_id                = aws_cloudfront_distribution.cdn[0].hosted_zone_id
    name                   = aws_cloudfront_distribution.cdn[0].domain_name
    evaluate_target_health = false
  }
}

# Who asks for the health of a region.
data "aws_ip_ranges" "health_checkers" {
  services = ["route53_healthchecks"]
}
