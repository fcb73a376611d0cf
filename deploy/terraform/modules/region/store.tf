# The store. Its keys: variants/…, originals/… (copies, where saveOriginals is on) and purges/… (the purge log).

resource "aws_s3_bucket" "store" {
  count         = var.store == null ? 0 : 1
  bucket        = var.store.bucket
  force_destroy = var.store.force_destroy
  tags          = local.tags
}

resource "aws_s3_bucket_public_access_block" "store" {
  count                   = var.store == null ? 0 : 1
  bucket                  = aws_s3_bucket.store[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "store" {
  count  = var.store == null ? 0 : 1
  bucket = aws_s3_bucket.store[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "store" {
  count  = var.store == null ? 0 : 1
  bucket = aws_s3_bucket.store[0].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

# Nothing here is versioned: an old variant is of no use, and a rule of the purge log is written once.
#
# No rule for purges/: a purge must outlive everything that was made before it, and Apus drops it itself, two days after
# cache.maxAge. A variant is good for cache.maxAge from when it was made, which is when it is written: after as many days
# it is nothing but space.
resource "aws_s3_bucket_lifecycle_configuration" "store" {
  count  = var.store == null ? 0 : 1
  bucket = aws_s3_bucket.store[0].id

  rule {
    id     = "variants"
    status = "Enabled"

    filter {
      prefix = "variants/"
    }

    expiration {
      days = var.store.days
    }
  }

  rule {
    id     = "originals"
    status = "Enabled"

    filter {
      prefix = "originals/"
    }

    expiration {
      days = var.store.days
    }
  }

  rule {
    id     = "broken-uploads"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "store" {
  count      = var.store == null ? 0 : 1
  bucket     = aws_s3_bucket.store[0].id
  policy     = data.aws_iam_policy_document.store[0].json
  depends_on = [aws_s3_bucket_public_access_block.store]
}

data "aws_iam_policy_document" "store" {
  count = var.store == null ? 0 : 1

  statement {
    sid       = "OnlyEncrypted"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.store[0].arn, "${aws_s3_bucket.store[0].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
