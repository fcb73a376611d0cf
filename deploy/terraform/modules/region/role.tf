# What the hosts may do, and nothing else.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  parameter_names = compact([
    var.environment_parameter, var.tls.certificate_parameter, var.tls.key_parameter
  ])
  parameter_prefix = "arn:${data.aws_partition.current.partition}:ssm:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:parameter"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "host" {
  statement {
    sid     = "Artefacts"
    actions = ["s3:GetObject"]
    resources = [
      "${var.artefacts.bucket_arn}/${var.artefacts.bundle_key}",
      "${var.artefacts.bucket_arn}/${var.artefacts.configuration_key}",
    ]
  }

  dynamic "statement" {
    for_each = aws_s3_bucket.store[*].arn

    content {
      sid       = "Store"
      actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      resources = ["${statement.value}/*"]
    }
  }

  # Without it Amazon says of what is missing that it is forbidden.
  dynamic "statement" {
    for_each = aws_s3_bucket.store[*].arn

    content {
      sid       = "StoreList"
      actions   = ["s3:ListBucket"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = length(var.origin_buckets) > 0 ? [1] : []

    content {
      sid     = "Originals"
      actions = ["s3:GetObject", "s3:ListBucket"]
      resources = flatten([
        for bucket in var.origin_buckets : [
          "arn:${data.aws_partition.current.partition}:s3:::${bucket}",
          "arn:${data.aws_partition.current.partition}:s3:::${bucket}/*",
        ]
      ])
    }
  }

  dynamic "statement" {
    for_each = var.distribution_arn == null ? [] : [var.distribution_arn]

    content {
      sid       = "PurgeTheCDN"
      actions   = ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = length(local.parameter_names) > 0 ? [1] : []

    content {
      sid       = "Secrets"
      actions   = ["ssm:GetParameter"]
      resources = [for name in local.parameter_names : "${local.parameter_prefix}${name}"]
    }
  }

  dynamic "statement" {
    for_each = length(var.key_arns) > 0 ? [1] : []

    content {
      sid       = "KeysOfSecrets"
      actions   = ["kms:Decrypt"]
      resources = var.key_arns
    }
  }

  # Let's Encrypt asks for one TXT record of each name: no other record can be changed.
  dynamic "statement" {
    for_each = var.tls.email == null ? [] : [var.tls.zone_ids]

    content {
      sid       = "ProveNames"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = [for zone_id in statement.value : "arn:${data.aws_partition.current.partition}:route53:::hostedzone/${zone_id}"]

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
        values   = [for name in var.tls.names : "_acme-challenge.${name}"]
      }

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "route53:ChangeResourceRecordSetsRecordTypes"
        values   = ["TXT"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.tls.email == null ? [] : [1]

    content {
      sid       = "FindTheZone"
      actions   = ["route53:ListHostedZones", "route53:GetChange"]
      resources = ["*"]
    }
  }
}

# Roles are the account's, not the AWS region's: their names must differ between regions.
resource "aws_iam_role" "host" {
  name               = "apus-${var.name}-host"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = local.tags
}

resource "aws_iam_role_policy" "host" {
  name   = "apus"
  role   = aws_iam_role.host.id
  policy = data.aws_iam_policy_document.host.json
}

resource "aws_iam_instance_profile" "host" {
  name = "apus-${var.name}-host"
  role = aws_iam_role.host.name
  tags = local.tags
}
