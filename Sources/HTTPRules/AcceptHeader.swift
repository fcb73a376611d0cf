/// What `Accept` says of picture formats that only some clients know (RFC 9110 §12.5.1).
///
/// A format counts when it is named itself: clients sent `image/*` and `*/*` long before there were WebP and AVIF.
package struct AcceptHeader: Sendable, Equatable {
    /// The types that are named with a quality above 0.
    private let accepted: Set<MediaType>

    private static let bytesLimit = 8192
    private static let rangesLimit = 64

    /// An absent header accepts nothing by name; one longer than 8 kB counts as absent, and ranges after the 64th are
    /// not looked at.
    package init(_ text: String?) {
        guard let text, text.utf8.count <= Self.bytesLimit else {
            accepted = []
            return
        }
        var accepted: Set<MediaType> = []
        var refused: Set<MediaType> = []
        var scanner = FieldScanner(text)
        var count = 0
        while !scanner.isAtEnd, count < Self.rangesLimit {
            if let (type, isWanted) = Self.range(&scanner) {
                if isWanted { accepted.insert(type) } else { refused.insert(type) }
            }
            scanner.skipItem()
            count += 1
        }
        self.accepted = accepted.subtracting(refused)
    }

    /// Whether the type is named, and not with quality 0.
    package func accepts(_ type: MediaType) -> Bool { accepted.contains(type) }

    package var acceptsAVIF: Bool { accepts(.avif) }
    package var acceptsWebP: Bool { accepts(.webp) }

    /// One media range and whether its quality is above 0; `nil` when it cannot be read or is a wildcard.
    private static func range(_ scanner: inout FieldScanner) -> (MediaType, Bool)? {
        scanner.skipSpaces()
        guard let type = scanner.token(), scanner.skip(UInt8(ascii: "/")), let subtype = scanner.token(),
            let mediaType = MediaType(parsing: "\(type)/\(subtype)"), type != "*", subtype != "*"
        else { return nil }
        var isWanted = true
        while true {
            scanner.skipSpaces()
            guard scanner.skip(UInt8(ascii: ";")) else { break }
            scanner.skipSpaces()
            guard let name = scanner.token() else { continue }
            guard scanner.skip(UInt8(ascii: "=")), let value = scanner.value() else { return nil }
            if name == "q" {
                guard let isPositive = isPositiveQuality(value) else { return nil }
                isWanted = isPositive
            }
        }
        guard scanner.isAtEnd || scanner.rest.first == UInt8(ascii: ",") else { return nil }
        return (mediaType, isWanted)
    }

    /// `0`, `0.5`, `1.000` (RFC 9110 §12.4.2); `nil` for anything else.
    private static func isPositiveQuality(_ text: String) -> Bool? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 5, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"),
            bytes.count == 1 || bytes[1] == UInt8(ascii: "."), bytes.dropFirst(2).allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let hasFraction = bytes.dropFirst(2).contains { $0 != UInt8(ascii: "0") }
        if first == UInt8(ascii: "1") { return hasFraction ? nil : true }
        return hasFraction
    }
}
