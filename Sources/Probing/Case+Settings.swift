import Configuration
import Glibc

extension OriginSettings {
    /// Put before every object's name; `nil` for kinds that have none.
    var prefix: String? {
        switch kind {
        case .s3(let bucket), .s3Compatible(let bucket), .cloudinaryBackup(let bucket): bucket.prefix
        case .gcs(let bucket): bucket.prefix
        case .azureBlob(let blob): blob.prefix
        case .webFolder, .webProxy, .akeneoPIM, .disk: nil
        }
    }

    var bucket: String? {
        switch kind {
        case .s3(let bucket), .s3Compatible(let bucket), .cloudinaryBackup(let bucket): bucket.bucket
        case .gcs(let bucket): bucket.bucket
        case .azureBlob(let blob): blob.container
        case .webFolder, .webProxy, .akeneoPIM, .disk: nil
        }
    }

    var folder: String? { if case .disk(let path) = kind { path } else { nil } }

    /// Where a name that is not known may come from.
    var hostHint: String {
        switch kind {
        case .s3Compatible(let bucket) where !bucket.s3ForcePathStyle:
            "the bucket's name stands before the endpoint's; where that is no host, set s3ForcePathStyle: true"
        case .s3(let bucket) where bucket.endpoint != nil:
            "the bucket's name stands before the endpoint's; where that is no host, make it an S3_COMPATIBLE origin"
        case .azureBlob(let blob) where blob.endpoint == nil: "the host is made of accountName: is it spelled right?"
        case .webFolder, .akeneoPIM: "is baseUrl spelled right, and does this machine know the name?"
        case .webProxy: "is the URL spelled right, and does this machine know the name?"
        default: "does this machine resolve names, and is endpoint, if there is one, spelled right?"
        }
    }

    var tokenServiceHint: String? {
        switch kind {
        case .gcs: "outside of googleapis.com tokens are asked for at the endpoint's /token"
        case .akeneoPIM: "baseUrl is the server's own, without /api"
        default: nil
        }
    }
}

/// The system's words for an `errno`.
func systemText(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
