extension Configuration {
    /// The durable tier of a region.
    package enum Store: Sendable, Equatable {
        /// A folder; its absolute path.
        case disk(path: String)
        case s3(S3Settings)
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
        case .disk: self = .disk(path: section.required("path", .path, for: "DISK"))
        case .s3: self = .s3(S3Settings(from: section, type: .s3))
        case .s3Compatible: self = .s3(S3Settings(from: section, type: .s3Compatible))
        }
    }
}
