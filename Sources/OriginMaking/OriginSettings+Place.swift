package import Configuration

extension OriginSettings.Kind {
    /// Where the originals come from; another place has other pictures under the same names.
    package var place: String {
        switch self {
        case .disk(let path): "folder \(path)"
        case .webFolder(let folder): "web \(folder.baseUrl)"
        case .webProxy: "any URL"
        case .s3(let s3), .s3Compatible(let s3): "bucket \(s3.endpoint?.description ?? "") \(s3.bucket) \(s3.prefix)"
        case .cloudinaryBackup(let s3): "backup \(s3.bucket) \(s3.prefix)"
        case .gcs(let gcs): "google \(gcs.endpoint?.description ?? "") \(gcs.bucket) \(gcs.prefix)"
        case .azureBlob(let blob):
            "azure \(blob.endpoint?.description ?? "") \(blob.accountName) \(blob.container) \(blob.prefix)"
        case .akeneoPIM(let akeneo): "akeneo \(akeneo.baseUrl)"
        }
    }
}
