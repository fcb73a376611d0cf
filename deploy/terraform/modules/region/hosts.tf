# The hosts, and what each does when it starts for the first time (user-data.sh.tftpl).

locals {
  # Debian's own account at Amazon.
  debian = "136693071363"
  fronts = { for name, host in var.hosts : name => host if contains(["all", "front"], host.role) }

  # Known only here, so that one apus.yaml serves all regions: ${APUS_STORE_BUCKET}, ${APUS_REDIS_URL}. The password of
  # a Redis host is added on the hosts themselves.
  environment = merge(
    { AWS_REGION = data.aws_region.current.region },
    { APUS_STORE_BUCKET = var.store == null ? "none" : var.store.bucket },
    # Also where it is not used: the file is read whole, with what it says of other regions, whose Redis must be one
    # that all of their hosts reach. The name here leads nowhere.
    { APUS_REDIS_URL = var.elasticache == null ? "redis://not-in-this-region.invalid:6379" : local.redis_url },
    var.environment,
  )
}

data "aws_ami" "debian" {
  count       = var.ami == null ? 1 : 0
  owners      = [local.debian]
  most_recent = true

  filter {
    name   = "name"
    values = ["debian-12-${var.architecture}-*"]
  }
}

resource "aws_instance" "host" {
  for_each                    = var.hosts
  ami                         = coalesce(var.ami, one(data.aws_ami.debian[*].id))
  instance_type               = each.value.instance_type
  subnet_id                   = local.public_subnets[each.value.subnet]
  private_ip                  = each.value.private_ip
  associate_public_ip_address = true
  key_name                    = var.public_key == null ? var.key_name : aws_key_pair.ssh[0].key_name
  iam_instance_profile        = aws_iam_instance_profile.host.name
  vpc_security_group_ids = concat(
    [aws_security_group.hosts.id], contains(keys(local.fronts), each.key) ? [aws_security_group.fronts.id] : []
  )
  user_data_base64 = base64gzip(templatefile("${path.module}/user-data.sh.tftpl", {
    artefacts             = var.artefacts
    aws_region            = data.aws_region.current.region
    environment           = local.environment
    environment_parameter = var.environment_parameter == null ? "" : var.environment_parameter
    proxies               = join(",", var.proxies)
    redis_host            = var.elasticache == null && local.redis_host != null ? local.redis_host : ""
    region                = var.name
    role                  = each.value.role
    serves                = contains(keys(local.fronts), each.key)
    tls                   = { for key, value in var.tls : key => value == null ? "" : value if !contains(["names", "zone_ids"], key) }
    tls_names             = var.tls.names
  }))
  tags        = merge(local.tags, { Name = "apus-${var.name}-${each.key}" })
  volume_tags = merge(local.tags, { Name = "apus-${var.name}-${each.key}" })

  # Session tokens are required, and no container or proxy on the host is near enough to get one.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = each.value.disk_gb
    encrypted   = true
  }

  # A host that runs is never replaced because there is a newer image or bundle: `deploy/region upgrade --host` renews it
  # without a lost request. Nor because of another key, which would not reach it. To have it made anew:
  # terraform apply -replace='…aws_instance.host["one"]'.
  lifecycle {
    ignore_changes = [ami, key_name, user_data, user_data_base64]
  }

  depends_on = [aws_iam_role_policy.host, aws_route_table_association.public]
}

resource "aws_key_pair" "ssh" {
  count      = var.public_key == null ? 0 : 1
  key_name   = "apus-${var.name}"
  public_key = var.public_key
  tags       = local.tags
}

resource "aws_eip" "front" {
  for_each = local.fronts
  domain   = "vpc"
  tags     = merge(local.tags, { Name = "apus-${var.name}-${each.key}" })
}

resource "aws_eip_association" "front" {
  for_each      = local.fronts
  allocation_id = aws_eip.front[each.key].id
  instance_id   = aws_instance.host[each.key].id
}
