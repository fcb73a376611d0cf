# The CDN's certificate, renewed by Amazon for as long as the records that prove the names stay.

locals {
  # Every name that leads to the CDN, with its zone.
  cdn_zones = var.cdn == null ? {} : merge(
    { for name, custom in var.custom_hosts : name => custom.zone_id }, { (var.host) = var.zone_id }
  )
  cdn_records = merge([
    for type in ["A", "AAAA"] : {
      for name, zone_id in local.cdn_zones : "${name}/${type}" => { name = name, type = type, zone_id = zone_id }
    }
  ]...)
  makes_certificate = var.cdn != null && try(var.cdn.certificate_arn, null) == null
  certificate_arn   = local.makes_certificate ? one(aws_acm_certificate_validation.cdn[*].certificate_arn) : try(var.cdn.certificate_arn, null)
}

data "aws_region" "current" {}

resource "aws_acm_certificate" "cdn" {
  count                     = local.makes_certificate ? 1 : 0
  domain_name               = var.host
  subject_alternative_names = sort(keys(var.custom_hosts))
  validation_method         = "DNS"
  tags                      = var.tags

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = data.aws_region.current.region == "us-east-1"
      error_message = "CloudFront takes certificates of us-east-1 only: providers = { aws = aws.us-east-1 }."
    }
  }
}

resource "aws_route53_record" "proof" {
  for_each = merge([
    for certificate in aws_acm_certificate.cdn : {
      for proof in certificate.domain_validation_options : proof.domain_name => proof
    }
  ]...)
  zone_id         = local.cdn_zones[each.key]
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  ttl             = 300
  records         = [each.value.resource_record_value]
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "cdn" {
  count                   = local.makes_certificate ? 1 : 0
  certificate_arn         = aws_acm_certificate.cdn[0].arn
  validation_record_fqdns = [for record in aws_route53_record.proof : record.fqdn]
}
