import Digests
import Memory
import Origins

/// What tells one state of an original from another: its validators, or its bytes where it has none (design §4.3).
struct OriginalIdentity: Sendable, Equatable {
    let text: String

    init(_ original: Original) {
        self =
            OriginalIdentity(original.metadata, length: original.bytes.count)
            ?? OriginalIdentity(original.metadata, state: "bytes \(Self.digest(original.bytes).hex)")
    }

    /// By its validators; `nil` if there are none.
    init?(_ metadata: Original.Metadata, length: Int?) {
        if let tag = metadata.validators.entityTag {
            self.init(metadata, state: "tag \(tag)")
        } else if let date = metadata.validators.lastModified, let length {
            self.init(metadata, state: "date \(date) \(length)")
        } else {
            return nil
        }
    }

    private init(_ metadata: Original.Metadata, state: String) {
        text = (metadata.isPrivate ? "private " : "") + state
    }

    private static func digest(_ bytes: SharedMemory) -> Digest {
        var builder = DigestBuilder("original")
        bytes.withBytes { builder.add($0) }
        return builder.finish()
    }
}
