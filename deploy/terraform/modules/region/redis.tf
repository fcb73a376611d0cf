# Redis by ElastiCache, where it is asked for. Without TLS, which Debian's hiredis does not speak: in subnets without a
# way out, and for hosts of this region only.

locals {
  # The host with role redis, which asks for the password REDIS_PASSWORD.
  redis_host = one([for host in var.hosts : host.private_ip if host.role == "redis"])
  redis_url  = var.elasticache == null ? null : "redis://${aws_elasticache_replication_group.redis[0].primary_endpoint_address}:6379"
}

resource "aws_elasticache_subnet_group" "redis" {
  count      = var.elasticache == null ? 0 : 1
  name       = "apus-${var.name}"
  subnet_ids = local.private_subnets
  tags       = local.tags
}

resource "aws_elasticache_parameter_group" "redis" {
  count  = var.elasticache == null ? 0 : 1
  name   = "apus-${var.name}"
  family = "${var.elasticache.engine}${split(".", var.elasticache.engine_version)[0]}"
  tags   = local.tags

  # Everything but the purge log expires, and what is used least goes first.
  parameter {
    name  = "maxmemory-policy"
    value = "volatile-lfu"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_replication_group" "redis" {
  count                      = var.elasticache == null ? 0 : 1
  replication_group_id       = "apus-${var.name}"
  description                = "The internal cache of region ${var.name}"
  engine                     = var.elasticache.engine
  engine_version             = var.elasticache.engine_version
  node_type                  = var.elasticache.node_type
  num_cache_clusters         = var.elasticache.nodes
  automatic_failover_enabled = var.elasticache.nodes > 1
  multi_az_enabled           = var.elasticache.nodes > 1 && length(local.private_subnets) > 1
  port                       = 6379
  parameter_group_name       = aws_elasticache_parameter_group.redis[0].name
  subnet_group_name          = aws_elasticache_subnet_group.redis[0].name
  security_group_ids         = [aws_security_group.hosts.id]
  at_rest_encryption_enabled = true
  transit_encryption_enabled = false
  # It is a cache: nothing is saved, and a node that is renewed begins empty.
  snapshot_retention_limit = 0
  apply_immediately        = true
  tags                     = local.tags
}
