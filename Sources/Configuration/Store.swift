extension Configuration {
    /// The durable tier of a region.
    package enum Store: Sendable, Equatable {
        /// A folder, by its absolute path, that holds so many bytes at most: 10 MB…1 PB.
        case disk(path: String, maxBytes: Int = defaultMaxBytes)
        case s3(S3Settings)

        package static let defaultMaxBytes = 10_000_000_000
        static let bytesRange = 10_000_000...1_000_000_000_000_000
    }
}

extension Configuration.Store {
    private enum Kind: String, CaseIterable {
        case disk = "DISK"
        case s3 = "S3"
        case s3Compatible = "S3_COMPATIBLE"
    }

    static func reading(_ section: Section) -> Self? {
        section.section("store") { Self(from: $0) } ?? nil
    }

    private init?(from section: Section) {
        guard let kind: Kind = section.choice("type", isRequired: true) else {
            section.ignoreRest()
            return nil
        }
        switch kind {
        case .disk:
            self = .disk(
                path: section.required("path", .path, for: "DISK"),
                maxBytes: section.value("maxBytes", .bytes(Self.bytesRange)) ?? Self.defaultMaxBytes)
        case .s3: self = .s3(S3Settings(from: section, type: .s3))
        case .s3Compatible: self = .s3(S3Settings(from: section, type: .s3Compatible))
        }
    }
}
