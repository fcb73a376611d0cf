import Memory
import Origins
import Signing

/// What tells one state of an original from another: its validators, or its bytes where it has none (design §4.3).
struct OriginalIdentity: Sendable, Equatable {
    private static let privateMark = "private "

    let text: String

    init(_ original: Original) {
        let state: String
        if let tag = original.validators.entityTag {
            state = "tag \(tag)"
        } else if let date = original.validators.lastModified {
            state = "date \(date) \(original.bytes.count)"
        } else {
            var builder = DigestBuilder("original")
            original.bytes.withBytes { builder.add($0) }
            state = "bytes \(builder.finish().hex)"
        }
        text = (original.isPrivate ? Self.privateMark : "") + state
    }

    /// As a cache entry has kept it.
    init(text: String) {
        self.text = text
    }

    var isPrivate: Bool { text.hasPrefix(Self.privateMark) }
}
