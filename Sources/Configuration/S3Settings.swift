/// A bucket that speaks S3: of an S3, S3_COMPATIBLE or CLOUDINARY_BACKUP origin, or of the store.
package struct S3Settings: Sendable, Equatable {
    /// The bucket's name, at most 100 characters.
    package let bucket: String
    /// Put before every object's name; may be empty.
    package let prefix: String
    package let keys: AccessKeys
    /// Always there for S3_COMPATIBLE, elsewhere `nil` means Amazon's own.
    package let endpoint: WebURL?
    /// The bucket is a path segment instead of a part of the host name.
    package let s3ForcePathStyle: Bool
}

extension S3Settings {
    init(from section: Section, type: OriginSettings.KindName) {
        let name = type.rawValue
        bucket = section.required("bucket", .text(max: 100), for: name)
        prefix = section.value("prefix", .possiblyEmptyText(max: 100)) ?? ""
        keys = AccessKeys(from: section, type: name, mayUseRole: type != .s3Compatible)
        switch type {
        case .s3Compatible:
            endpoint = section.required("endpoint", .baseURL, for: name)
            s3ForcePathStyle = section.value("s3ForcePathStyle", .boolean) ?? false
        case .s3, .cloudinaryBackup:
            endpoint = section.value("endpoint", .baseURL)
            s3ForcePathStyle = false
        default:
            endpoint = nil
            s3ForcePathStyle = false
        }
    }
}
