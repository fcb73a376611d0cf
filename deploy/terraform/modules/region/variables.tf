variable "name" {
  description = "The region's name in apus.yaml, such as eu-central. Resources are named apus-NAME…"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}[a-z0-9]$", var.name))
    error_message = "A name has 2 to 25 small letters, digits and hyphens and begins with a letter."
  }
}

variable "artefacts" {
  description = "What new hosts begin with: the output of the module artefacts."
  type = object({
    bucket               = string
    bucket_arn           = string
    bucket_region        = string
    bundle_key           = string
    bundle_sha256        = string
    configuration_key    = string
    configuration_sha256 = string
  })
}

variable "hosts" {
  description = <<-END
    The hosts by name. role: all (nginx, Redis, workers), front (nginx), worker, or redis. private_ip is needed by what
    others connect to (worker, redis) and stands in apus.yaml as workers.hosts; own VPCs have 10.1.0.0/24, 10.1.1.0/24 …
    as public subnets if network.cidr is 10.1.0.0/16, and .4 to .254 are free there. subnet: in which of them, from 0.
  END
  type = map(object({
    role          = optional(string, "all")
    instance_type = optional(string, "c7i.xlarge")
    disk_gb       = optional(number, 40)
    subnet        = optional(number, 0)
    private_ip    = optional(string)
  }))
  default = { one = {} }

  validation {
    condition     = alltrue([for host in var.hosts : contains(["all", "front", "worker", "redis"], host.role)])
    error_message = "A host's role is all, front, worker or redis."
  }
  validation {
    condition     = anytrue([for host in var.hosts : contains(["all", "front"], host.role)])
    error_message = "A region needs a host with nginx: role all or front."
  }
  validation {
    condition     = alltrue([for host in var.hosts : host.private_ip != null || !contains(["worker", "redis"], host.role)])
    error_message = "Hosts with the role worker or redis need a private_ip, by which the others find them."
  }
  validation {
    condition     = length([for host in var.hosts : host if host.role == "redis"]) <= 1
    error_message = "A region has one Redis."
  }
  validation {
    condition     = alltrue([for host in var.hosts : host.role != "redis" || var.environment_parameter != null])
    error_message = "A host with role redis needs REDIS_PASSWORD=… in the parameter environment_parameter."
  }
  validation {
    condition     = alltrue([for host in var.hosts : host.role != "worker" || var.store != null])
    error_message = "Hosts with role worker need a store: several hosts that share a Redis share an S3 store."
  }
  validation {
    condition = alltrue([
      for host in var.hosts : host.role != "worker" || var.elasticache != null || anytrue([for other in var.hosts : other.role == "redis"])
    ])
    error_message = "Hosts with role worker need a Redis: elasticache, or a host with role redis."
  }
  validation {
    condition     = alltrue([for host in var.hosts : host.disk_gb >= 16])
    error_message = "A disk has at least 16 GB: the system takes 4, a release 0.2, the rest are caches."
  }
}

variable "architecture" {
  description = "amd64 or arm64: that of the machine where the bundle was built. The hosts' instance_type must be of it."
  type        = string
  default     = "amd64"

  validation {
    condition     = contains(["amd64", "arm64"], var.architecture)
    error_message = "The architecture is amd64 or arm64."
  }
}

variable "ami" {
  description = "An image of Debian 12 to take instead of the newest one that Debian has published."
  type        = string
  default     = null
}

variable "public_key" {
  description = <<-END
    The public key (a line of a .pub file) of who may connect by ssh as user admin; null for none. Hosts take it at their
    first start, so that another one is for hosts that are made later.
  END
  type        = string
  default     = null

  validation {
    condition     = var.public_key == null || can(regex("^ssh-(ed25519|rsa) [A-Za-z0-9+/]+=*( .*)?$", trimspace(var.public_key)))
    error_message = "public_key is a line that begins with ssh-ed25519 or ssh-rsa: Amazon takes no others."
  }
  validation {
    condition     = var.public_key == null || var.key_name == null
    error_message = "Only one of public_key and key_name."
  }
}

variable "key_name" {
  description = "Instead of public_key an EC2 key pair that is there already, in this AWS region; null for none."
  type        = string
  default     = null
}

variable "ssh_networks" {
  description = "Who may connect by ssh, as needed by `deploy/region upgrade --host`; nobody by default."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for network in var.ssh_networks : can(cidrhost(network, 0)) && !endswith(network, "/0")])
    error_message = "ssh_networks are IPv4 networks such as 203.0.113.0/24, and never the whole world."
  }
}

variable "network" {
  description = <<-END
    A VPC of its own with that cidr (a /16) and public and private subnets in `zones` availability zones; or, with vpc_id,
    one that is there: public_subnets have a way to the internet, private_subnets are for ElastiCache only.
  END
  type = object({
    cidr            = optional(string, "10.1.0.0/16")
    zones           = optional(number, 2)
    vpc_id          = optional(string)
    public_subnets  = optional(list(string), [])
    private_subnets = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = can(cidrsubnet(var.network.cidr, 8, 128)) && endswith(var.network.cidr, "/16")
    error_message = "network.cidr is an IPv4 network of /16."
  }
  validation {
    condition     = var.network.zones >= 1 && var.network.zones <= 6
    error_message = "network.zones is 1 to 6, and no more than the AWS region has."
  }
  validation {
    condition     = var.network.vpc_id == null || length(var.network.public_subnets) > 0
    error_message = "A VPC that is there already needs public_subnets."
  }
}

variable "store" {
  description = <<-END
    The S3 bucket for variants and saved originals. days: how long they are kept (cache.maxAge). The purge log in it is
    never expired by Amazon: Apus itself drops rules that are older than cache.maxAge. null: no bucket, hosts keep theirs.
  END
  type = object({
    bucket        = string
    days          = optional(number, 180)
    force_destroy = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.store == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.store.bucket))
    error_message = "A bucket's name has 3 to 63 small letters, digits and hyphens, none at its ends."
  }
  validation {
    condition     = var.store == null || try(var.store.days >= 1 && floor(var.store.days) == var.store.days, false)
    error_message = "store.days is a whole number of days, at least 1."
  }
}

variable "elasticache" {
  description = "Redis by ElastiCache in the private subnets; null: on the host with role all, or on the one with role redis."
  type = object({
    node_type      = optional(string, "cache.t4g.small")
    nodes          = optional(number, 1)
    engine         = optional(string, "valkey")
    engine_version = optional(string, "8.0")
  })
  default = null

  validation {
    condition     = var.elasticache == null || try(var.elasticache.nodes >= 1 && var.elasticache.nodes <= 6, false)
    error_message = "elasticache.nodes is 1 to 6: one that is written to, and copies that take its place."
  }
  validation {
    condition     = var.elasticache == null || try(contains(["valkey", "redis"], var.elasticache.engine), false)
    error_message = "elasticache.engine is valkey or redis."
  }
}

variable "tls" {
  description = <<-END
    Where nginx' certificate comes from, one of: email: Let's Encrypt, names proven by records in zone_ids (Route 53),
    which works for names that several regions share, and before the host answers. webroot_email: Let's Encrypt, names proven over
    HTTP, for one region. certificate_parameter and key_parameter: PEM in SSM's parameters. None: self-signed, for a first
    look (no CDN takes that). names: every name of the certificate, the region's own first.
  END
  type = object({
    names                 = optional(list(string), [])
    email                 = optional(string)
    zone_ids              = optional(list(string), [])
    webroot_email         = optional(string)
    certificate_parameter = optional(string)
    key_parameter         = optional(string)
  })
  default = {}

  validation {
    condition = length([
      for way in [var.tls.email, var.tls.webroot_email, var.tls.certificate_parameter] : way if way != null
    ]) <= 1
    error_message = "tls: only one of email, webroot_email and certificate_parameter."
  }
  validation {
    condition     = var.tls.email == null || (length(var.tls.zone_ids) > 0 && length(var.tls.names) > 0)
    error_message = "tls.email needs zone_ids and names."
  }
  validation {
    condition     = (var.tls.certificate_parameter == null) == (var.tls.key_parameter == null)
    error_message = "tls: certificate_parameter and key_parameter belong together."
  }
  validation {
    condition     = alltrue([for name in var.tls.names : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", name))])
    error_message = "tls.names are host names in small letters."
  }
  validation {
    condition = alltrue([
      for email in [var.tls.email, var.tls.webroot_email] : can(regex("^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$", email)) if email != null
    ])
    error_message = "tls: that is no e-mail address."
  }
  validation {
    condition = alltrue([
      for name in [var.tls.certificate_parameter, var.tls.key_parameter] : can(regex("^/[A-Za-z0-9_./-]+$", name)) if name != null
    ])
    error_message = "A parameter's name begins with a slash, such as /apus/key."
  }
}

variable "environment" {
  description = "More values for the $${NAME} of apus.yaml that are no secrets; they are readable in the user data."
  type        = map(string)
  default     = {}

  validation {
    condition = alltrue([
      for name, value in var.environment :
      can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name)) && can(regex("^[A-Za-z0-9._~:/@,+=-]*$", value))
    ])
    error_message = "environment: names of letters, digits and _; values without spaces, quotes and dollars."
  }
}

variable "environment_parameter" {
  description = "Name of a parameter of SSM (SecureString) in this AWS region that holds the secrets as NAME=VALUE lines; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.environment_parameter == null || can(regex("^/[A-Za-z0-9_./-]+$", var.environment_parameter))
    error_message = "A parameter's name begins with a slash, such as /apus/environment."
  }
}

variable "key_arns" {
  description = "KMS keys of your own that these parameters are encrypted with; Amazon's aws/ssm needs none."
  type        = list(string)
  default     = []
}

variable "proxies" {
  description = "Networks of what stands in front (a CDN), whose X-Forwarded-For is believed for limits per client."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for network in var.proxies : can(regex("^[0-9a-fA-F.:]+/[0-9]+$", network))])
    error_message = "proxies are networks such as 203.0.113.0/24."
  }
}

variable "distribution_arn" {
  description = "The CloudFront distribution that purges go to (urlEndpoints.cdn with useIAMRole: true); null for none."
  type        = string
  default     = null
}

variable "origin_buckets" {
  description = "Names of S3 buckets that originals are read from by the hosts' role (origins with useIAMRole: true)."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of everything that is made here."
  type        = map(string)
  default     = {}
}
