# A VPC of its own, unless there is one. Hosts are in public subnets: workers fetch originals from the internet, and an
# address costs less than a NAT gateway. What they may be asked, security.tf says.

locals {
  owns_vpc        = var.network.vpc_id == null
  zone_count      = local.owns_vpc ? var.network.zones : 0
  vpc_id          = local.owns_vpc ? one(aws_vpc.region[*].id) : var.network.vpc_id
  public_subnets  = local.owns_vpc ? aws_subnet.public[*].id : var.network.public_subnets
  private_subnets = local.owns_vpc ? aws_subnet.private[*].id : var.network.private_subnets
  tags            = merge({ Name = "apus-${var.name}" }, var.tags)
}

data "aws_region" "current" {}

data "aws_availability_zones" "available" {
  state = "available"

  # No local zones, which have few kinds of instances.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "region" {
  count                = local.owns_vpc ? 1 : 0
  cidr_block           = var.network.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = local.tags
}

resource "aws_subnet" "public" {
  count             = local.zone_count
  vpc_id            = local.vpc_id
  availability_zone = data.aws_availability_zones.available.names[count.index]
  cidr_block        = cidrsubnet(var.network.cidr, 8, count.index)
  tags              = merge(local.tags, { Name = "apus-${var.name}-public-${count.index}" })
}

# For ElastiCache alone: there is no way from here to the internet.
resource "aws_subnet" "private" {
  count             = local.zone_count
  vpc_id            = local.vpc_id
  availability_zone = data.aws_availability_zones.available.names[count.index]
  cidr_block        = cidrsubnet(var.network.cidr, 8, 128 + count.index)
  tags              = merge(local.tags, { Name = "apus-${var.name}-private-${count.index}" })
}

resource "aws_internet_gateway" "region" {
  count  = local.owns_vpc ? 1 : 0
  vpc_id = local.vpc_id
  tags   = local.tags
}

resource "aws_route_table" "public" {
  count  = local.owns_vpc ? 1 : 0
  vpc_id = local.vpc_id
  tags   = local.tags

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.region[0].id
  }
}

resource "aws_route_table_association" "public" {
  count          = local.zone_count
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public[0].id
}

# The store is reached without the internet, and without its price.
resource "aws_vpc_endpoint" "s3" {
  count             = local.owns_vpc ? 1 : 0
  vpc_id            = local.vpc_id
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.public[0].id]
  tags              = local.tags
}
