variable "bucket" {
  description = "Name of the bucket; nobody else in the world may have one of that name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "A bucket's name has 3 to 63 small letters, digits and hyphens, none at its ends."
  }
}

variable "bundle_file" {
  description = "The file that `deploy/region bundle FILE` has written."
  type        = string

  validation {
    condition     = fileexists(var.bundle_file)
    error_message = "There is no such file; make it with: deploy/region bundle FILE."
  }
}

variable "configuration_file" {
  description = "The configuration of all regions (apus.yaml). Secrets in it are written as $${NAME}."
  type        = string

  validation {
    condition     = fileexists(var.configuration_file)
    error_message = "There is no such file."
  }
}

variable "tags" {
  description = "Tags of everything that is made here."
  type        = map(string)
  default     = {}
}
