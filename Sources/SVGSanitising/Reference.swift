/// What an address in a drawing may name: a part of the same drawing, or a picture that lies in the address itself.
enum Reference {
    /// An id, without its `#`.
    case part(String)
    /// The address, written anew.
    case picture(String)

    /// `nil` for all else: that is not kept.
    init?(_ address: String, pictures: inout EmbeddedPictures) throws(SVGError) {
        let trimmed = Substring(address.utf8.drop { $0 <= 0x20 })
        if trimmed.utf8.first == UInt8(ascii: "#") {
            self = .part(Self.withoutBlanksAtEnd(trimmed.dropFirst()))
            return
        }
        // Nothing that only a browser would still take for this: no tab in it, nothing escaped.
        guard trimmed.prefix(5).lowercased() == "data:",
            let picture = try pictures.address(of: trimmed.dropFirst(5))
        else { return nil }
        self = .picture(picture)
    }

    private static func withoutBlanksAtEnd(_ text: Substring) -> String {
        var utf8 = text.utf8
        while let last = utf8.last, last <= 0x20 { utf8.removeLast() }
        return String(Substring(utf8))
    }

    /// As it is written.
    var text: String {
        switch self {
        case .part(let id): "#\(id)"
        case .picture(let address): address
        }
    }
}
