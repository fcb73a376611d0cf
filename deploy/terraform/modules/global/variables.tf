variable "zone_id" {
  description = "The hosted zone (Route 53) of all names here but those of custom hosts with a zone of their own."
  type        = string

  validation {
    condition     = can(regex("^[A-Z0-9]+$", var.zone_id))
    error_message = "A zone's id is made of capital letters and digits."
  }
}

variable "host" {
  description = "The shared host of delivery URLs, such as img.images.example: the CDN's, or that of the nearest region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]*\\.[a-z]+$", var.host))
    error_message = "A host name in small letters."
  }
}

variable "regions" {
  description = <<-END
    The regions by name. host: the region's own name, of its `url` in apus.yaml. aws_region and addresses (of its hosts
    with nginx, by name) are the output `global` of the module region.
  END
  type = map(object({
    host       = string
    aws_region = string
    addresses  = map(string)
  }))

  validation {
    condition     = length(var.regions) > 0
    error_message = "At least one region."
  }
  validation {
    condition     = alltrue([for region in var.regions : can(regex("^[a-z0-9][a-z0-9.-]*\\.[a-z]+$", region.host))])
    error_message = "A region's host is a host name in small letters."
  }
}

variable "ttl" {
  description = "Seconds that resolvers keep a region's addresses, and so the longest that users are sent to a dead one."
  type        = number
  default     = 60

  validation {
    condition     = var.ttl >= 10 && var.ttl <= 86400
    error_message = "ttl is 10 to 86400 seconds."
  }
}

variable "health" {
  description = <<-END
    How Route 53 looks after each host with nginx. path: /_apus/ready tells whether the region is well, and is answered to
    the checkers if network.operations in apus.yaml has the networks of the output `health_checkers`.
  END
  type = object({
    path     = optional(string, "/_apus/ready")
    interval = optional(number, 10)
    failures = optional(number, 3)
  })
  default = {}

  validation {
    condition     = contains([10, 30], var.health.interval)
    error_message = "Route 53 asks every 10 or every 30 seconds."
  }
  validation {
    condition     = var.health.failures >= 1 && var.health.failures <= 10
    error_message = "health.failures is 1 to 10."
  }
}

variable "custom_hosts" {
  description = <<-END
    Custom domains (`hosts` of URL endpoints) by name, each with the hosted zone that it is in and its home region (null:
    the nearest region). With a CDN they are its names, too. Domains with other name servers: the outputs `home_hosts` and
    `distribution` say what their CNAME is.
  END
  type = map(object({
    zone_id = string
    home    = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.custom_hosts) : can(regex("^[a-z0-9][a-z0-9.-]*\\.[a-z]+$", name))])
    error_message = "Custom hosts are host names in small letters."
  }
}

variable "cdn" {
  description = <<-END
    CloudFront in front of the regions; null for none. origin_host: the name by which it finds the nearest region, which
    every region's certificate must have, as must the shared and the custom hosts. price_class: where in the world it has
    caches. shield: an AWS region whose cache is asked before the regions are: fewer misses, but all come from there, so
    that the region nearest to it answers all of them. log_bucket: domain name of a bucket that CloudFront may write its
    log to. certificate_arn: a certificate in us-east-1 instead of one that is made here.
    width_names, pixel_ratio_names: named transformations (n-NAME) that have w-auto, dpr-auto.
  END
  type = object({
    origin_host       = string
    price_class       = optional(string, "PriceClass_All")
    shield            = optional(string)
    log_bucket        = optional(string)
    log_prefix        = optional(string, "apus/")
    certificate_arn   = optional(string)
    web_acl_arn       = optional(string)
    width_names       = optional(list(string), [])
    pixel_ratio_names = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.cdn == null || try(contains(["PriceClass_All", "PriceClass_200", "PriceClass_100"], var.cdn.price_class), false)
    error_message = "cdn.price_class is PriceClass_All, PriceClass_200 or PriceClass_100."
  }
  validation {
    condition     = var.cdn == null || try(var.cdn.origin_host != var.host, false)
    error_message = "cdn.origin_host is another name than host: the one leads to the regions, the other to the CDN."
  }
  validation {
    condition = alltrue([
      for name in concat(try(var.cdn.width_names, []), try(var.cdn.pixel_ratio_names, [])) :
      can(regex("^[A-Za-z0-9_-]+$", name))
    ])
    error_message = "Names of transformations are letters, digits, _ and -."
  }
}

variable "tags" {
  description = "Tags of everything that is made here."
  type        = map(string)
  default     = {}
}
