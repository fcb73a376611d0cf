output "artefacts" {
  description = "For `artefacts` of the module region."
  value = {
    bucket               = aws_s3_bucket.artefacts.bucket
    bucket_arn           = aws_s3_bucket.artefacts.arn
    bucket_region        = aws_s3_bucket.artefacts.bucket_region
    bundle_key           = aws_s3_object.bundle.key
    bundle_sha256        = filesha256(var.bundle_file)
    configuration_key    = aws_s3_object.configuration.key
    configuration_sha256 = filesha256(var.configuration_file)
  }
}
