# What new hosts begin with: the bundle of `deploy/region bundle` and the configuration, in a bucket that only hosts read.

resource "aws_s3_bucket" "artefacts" {
  bucket        = var.bucket
  force_destroy = true
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "artefacts" {
  bucket                  = aws_s3_bucket.artefacts.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "artefacts" {
  bucket = aws_s3_bucket.artefacts.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "artefacts" {
  bucket = aws_s3_bucket.artefacts.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

# Under names made of their hashes, so that a host which is just starting never finds another file than the one it was told.
resource "aws_s3_object" "bundle" {
  bucket = aws_s3_bucket.artefacts.id
  key    = "bundles/${filesha256(var.bundle_file)}.tar.gz"
  source = var.bundle_file
  tags   = var.tags
}

resource "aws_s3_object" "configuration" {
  bucket = aws_s3_bucket.artefacts.id
  key    = "configurations/${filesha256(var.configuration_file)}.yaml"
  source = var.configuration_file
  tags   = var.tags
}
