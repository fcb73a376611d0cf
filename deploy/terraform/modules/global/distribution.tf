# CloudFront in front of the regions. It asks the nearest region that is well, by the name of the latency records, and keeps
# what it gets under: host, path, query, one of four buckets of Accept, and the client hints that the URL asks for.

locals {
  has_cdn = var.cdn == null ? 0 : 1
  # Of names of distributions' parts, which the whole account shares.
  part_name = "apus-${replace(var.host, ".", "-")}"
  # Errors that CloudFront may keep; each as long as its Cache-Control says (cache.errorAge), those of servers not at all.
  error_codes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]
  # The HTTP API, which is answered on the same host.
  api_paths = ["/v1/*", "/api/v1/*"]
}

resource "aws_cloudfront_function" "reduce" {
  count   = local.has_cdn
  name    = "${local.part_name}-reduce"
  runtime = "cloudfront-js-2.0"
  comment = "Reduces Accept and client hints to what an answer may depend on"
  publish = true
  code = templatefile("${path.module}/reduce.js.tftpl", {
    width_names       = jsonencode(var.cdn.width_names)
    pixel_ratio_names = jsonencode(var.cdn.pixel_ratio_names)
  })
}

resource "aws_cloudfront_cache_policy" "pictures" {
  count   = local.has_cdn
  name    = "${local.part_name}-pictures"
  comment = "By host, path, query, bucket of Accept, client hints"
  # The regions say how long; what says nothing is not kept.
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "whitelist"

      headers {
        items = ["Accept", "Host", "Sec-CH-DPR", "Sec-CH-Width"]
      }
    }

    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

data "aws_cloudfront_cache_policy" "nothing" {
  count = local.has_cdn
  name  = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "everything" {
  count = local.has_cdn
  name  = "Managed-AllViewer"
}

resource "aws_cloudfront_distribution" "cdn" {
  count           = local.has_cdn
  comment         = "Apus ${var.host}"
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.cdn.price_class
  aliases         = sort(keys(local.cdn_zones))
  web_acl_id      = var.cdn.web_acl_arn
  tags            = var.tags
  # It takes minutes until all of its places know it; what follows need not wait.
  wait_for_deployment = false

  origin {
    origin_id           = "nearest-region"
    domain_name         = var.cdn.origin_host
    connection_attempts = 3
    connection_timeout  = 3

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
      # Above timeouts.total (20 s), so that the region's own answer is the one seen.
      origin_read_timeout      = 30
      origin_keepalive_timeout = 60
    }

    dynamic "origin_shield" {
      for_each = var.cdn.shield == null ? [] : [var.cdn.shield]

      content {
        enabled              = true
        origin_shield_region = origin_shield.value
      }
    }
  }

  default_cache_behavior {
    target_origin_id       = "nearest-region"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD", "OPTIONS"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = aws_cloudfront_cache_policy.pictures[0].id
    compress               = true

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.reduce[0].arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.api_paths

    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = "nearest-region"
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods           = ["GET", "HEAD"]
      cache_policy_id          = data.aws_cloudfront_cache_policy.nothing[0].id
      origin_request_policy_id = data.aws_cloudfront_origin_request_policy.everything[0].id
    }
  }

  dynamic "custom_error_response" {
    for_each = local.error_codes

    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  dynamic "logging_config" {
    for_each = var.cdn.log_bucket == null ? [] : [var.cdn.log_bucket]

    content {
      bucket          = logging_config.value
      prefix          = var.cdn.log_prefix
      include_cookies = false
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = local.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}
