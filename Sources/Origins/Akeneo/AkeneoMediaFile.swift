import S3

/// Which file of an Akeneo is meant, and where its REST API has it (platform reference §3.2).
struct AkeneoMediaFile: Hashable, Sendable {
    /// Of products, of assets, of reference entities' records.
    private enum Kind {
        case media, asset, referenceEntity

        /// By the first segment of a path, in the plural of Akeneo's own URLs or in the singular.
        init?(_ segment: Substring) {
            switch segment {
            case "media-files", "media-file": self = .media
            case "asset-media-files", "asset-media-file": self = .asset
            case "reference-entities-media-files", "reference-entities-media-file", "reference-entity-media-file":
                self = .referenceEntity
            default: return nil
            }
        }
    }

    private let kind: Kind
    /// With slashes, such as `f/d/1/d/fd1d_name.png`.
    private let code: String

    /// `nil`: there is no such file, whatever the server would say.
    init?(_ path: OriginPath) {
        guard let key = ObjectKey(path, below: ObjectKey.Prefix("")) else { return nil }
        let parts = key.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(parts[0]), !parts[1].isEmpty else { return nil }
        self.kind = kind
        code = String(parts[1])
    }

    /// The path below the server's URL, percent-encoded; the code keeps its slashes.
    var path: String {
        let code = percentEncoded(code, keepsSlash: true)
        return switch kind {
        case .media: "/api/rest/v1/media-files/\(code)/download"
        case .asset: "/api/rest/v1/asset-media-files/\(code)"
        case .referenceEntity: "/api/rest/v1/reference-entities-media-files/\(code)"
        }
    }
}
