/// An entity tag (RFC 9110 §8.8.3).
package struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// The text between the quotation marks: visible ASCII other than `"`, and bytes above it; at most 128 bytes.
    package let value: String
    /// Only the meaning is promised to be the same, not the bytes.
    package let isWeak: Bool

    /// No origin that means well sends more; a longer tag is ignored.
    package static let bytesLimit = 128

    /// `nil` when the text cannot stand in a tag.
    package init?(_ value: String, isWeak: Bool = false) {
        let isAllowed = value.utf8.allSatisfy { $0 == 0x21 || (0x23...0x7E).contains($0) || $0 >= 0x80 }
        guard isAllowed, value.utf8.count <= Self.bytesLimit else { return nil }
        self.value = value
        self.isWeak = isWeak
    }

    /// Reads `"xyzzy"` or `W/"xyzzy"` and nothing else.
    package init?(parsing text: String) {
        let isWeak = text.utf8.starts(with: "W/".utf8)
        let quoted = text.utf8.dropFirst(isWeak ? 2 : 0)
        let mark = UInt8(ascii: "\"")
        guard quoted.count >= 2, quoted.first == mark, quoted.last == mark else { return nil }
        self.init(String(Substring(quoted.dropFirst().dropLast())), isWeak: isWeak)
    }

    /// The tag as a header has it.
    package var description: String { (isWeak ? "W/" : "") + "\"\(value)\"" }

    /// Byte for byte the same: equal texts, none of them weak.
    package func strongMatches(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && weakMatches(other)
    }

    /// Good enough for a cache: equal texts. Bytes are compared, as two spellings of one character are two tags.
    package func weakMatches(_ other: EntityTag) -> Bool {
        value.utf8.elementsEqual(other.value.utf8)
    }
}

/// What `If-None-Match` and `If-Match` hold: any tag, or some.
package enum EntityTagList: Sendable, Equatable {
    case any
    case tags([EntityTag])

    /// More tags than this are not looked at.
    private static let tagsLimit = 64
    private static let bytesLimit = 8192

    /// Reads `*` or a list; tags that are too long are left out. `nil` when it is neither, or longer than 8 kB: the
    /// header then counts as absent.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesLimit else { return nil }
        var rest = text.utf8[...]
        rest.trimSpaces()
        if rest.elementsEqual("*".utf8) {
            self = .any
            return
        }
        var tags: [EntityTag] = []
        while let first = rest.first {
            if first == UInt8(ascii: ",") || first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                rest.removeFirst()
                continue
            }
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
                return nil
            }
            let value = rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard rest.first.map({ " \t,".utf8.contains($0) }) ?? true else { return nil }
            if tags.count < Self.tagsLimit, let tag = EntityTag(String(Substring(value)), isWeak: isWeak) {
                tags.append(tag)
            }
        }
        self = .tags(tags)
    }

    /// Whether it names this tag, compared weakly as `If-None-Match` wants it (RFC 9110 §13.1.2).
    package func contains(_ tag: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0.weakMatches(tag) }
        }
    }
}
