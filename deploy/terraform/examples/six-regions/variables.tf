variable "domain" {
  description = "The domain of all names, such as images.example; users ask img.images.example."
  type        = string
}

variable "zone_id" {
  description = "Its hosted zone (Route 53)."
  type        = string
}

variable "email" {
  description = "For the hosts' accounts at Let's Encrypt, which sends no reminders: `deploy/region status` says how long a certificate lasts."
  type        = string
}

variable "bucket_prefix" {
  description = "What the names of all buckets begin with, such as example-apus; nobody else in the world may have them."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,40}$", var.bucket_prefix))
    error_message = "Small letters, digits and hyphens, 41 at most."
  }
}

variable "bundle_file" {
  description = "The file that `deploy/region bundle FILE` has written."
  type        = string
}

variable "configuration_file" {
  description = "The configuration of all regions, such as apus.yaml beside this file."
  type        = string
  default     = "apus.yaml"
}

variable "environment_parameter" {
  description = "The parameter (SSM, SecureString) with the secrets, in each of the AWS regions."
  type        = string
  default     = "/apus/environment"
}

variable "custom_hosts" {
  description = "Custom domains with the hosted zone that each is in; all have the one CDN in front."
  type = map(object({
    zone_id = string
    home    = optional(string)
  }))
  default = {}
}

variable "origin_buckets" {
  description = "Names of S3 buckets that originals are read from by the hosts' role."
  type        = list(string)
  default     = []
}

variable "public_key" {
  description = "The public key (a line of a .pub file) of who may connect by ssh as user admin; null for none."
  type        = string
  default     = null
}

variable "ssh_networks" {
  description = "Who may connect by ssh, for `deploy/region upgrade --host`."
  type        = list(string)
  default     = []
}
