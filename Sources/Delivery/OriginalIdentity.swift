import Digests
import Memory
import Origins

/// What tells one state of an original from another: its validators, or its bytes where it has none (design §4.3).
struct OriginalIdentity: Sendable, Equatable {
    let text: String

    init(_ original: Original) {
        let metadata = original.metadata
        let state: String
        if let tag = metadata.validators.entityTag {
            state = "tag \(tag)"
        } else if let date = metadata.validators.lastModified {
            state = "date \(date) \(original.bytes.count)"
        } else {
            var builder = DigestBuilder("original")
            original.bytes.withBytes { builder.add($0) }
            state = "bytes \(builder.finish().hex)"
        }
        text = (metadata.isPrivate ? "private " : "") + state
    }
}
