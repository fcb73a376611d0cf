# Who may connect to what. FastCGI and Redis travel in plain text: only from hosts of this region, which all are in the
# group `hosts`.

resource "aws_security_group" "hosts" {
  name        = "apus-${var.name}-hosts"
  description = "Every host of the region"
  vpc_id      = local.vpc_id
  tags        = local.tags
}

resource "aws_security_group" "fronts" {
  name        = "apus-${var.name}-fronts"
  description = "Hosts with nginx"
  vpc_id      = local.vpc_id
  tags        = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.fronts.id
  description       = "HTTPS from everywhere: clients, the CDN, other regions, health checks"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "http" {
  security_group_id = aws_security_group.fronts.id
  description       = "HTTP from everywhere: sent on to HTTPS, and certificates by HTTP"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_ingress_rule" "fastcgi" {
  security_group_id            = aws_security_group.hosts.id
  description                  = "FastCGI between hosts of the region"
  referenced_security_group_id = aws_security_group.hosts.id
  ip_protocol                  = "tcp"
  from_port                    = 9000
  to_port                      = 9000
}

resource "aws_vpc_security_group_ingress_rule" "redis" {
  security_group_id            = aws_security_group.hosts.id
  description                  = "Redis between hosts of the region"
  referenced_security_group_id = aws_security_group.hosts.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_ingress_rule" "ssh" {
  for_each          = toset(var.ssh_networks)
  security_group_id = aws_security_group.hosts.id
  description       = "ssh, for deploy/region"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

# Origins may be anywhere and on any port; which private ones may be reached, Apus decides (network.allow).
resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.hosts.id
  description       = "Origins, other regions, packages"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
