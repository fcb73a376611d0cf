import JSONReading

/// What a service calls the reason of its refusal.
package enum ServiceWord {
    private static let longest = 64

    /// Only what is a word: it comes into logs, and a service may well repeat what it was sent. `nil` for anything else.
    package static func plain(_ text: String) -> String? {
        let isWord = text.utf8.allSatisfy { $0.isLetterOrDigit || "._-".utf8.contains($0) }
        return isWord && (1...longest).contains(text.utf8.count) ? text : nil
    }

    /// The word in an error answer of an OAuth 2 token service (RFC 6749 §5.2).
    package static func error(in document: [UInt8]) -> String? {
        guard case .object(let fields)? = JSON(document), case .string(let text)? = fields["error"] else { return nil }
        return plain(text)
    }

    /// The code in an error document of any of Amazon's credential services; empty if there is none.
    static func code(in document: [UInt8]) -> String {
        if case .object(let fields)? = JSON(document) {
            return plain(fields["Code"] ?? fields["code"])
        }
        return XMLDocument(document)?["ErrorResponse/Error/Code"].flatMap { plain($0) } ?? ""
    }

    static func plain(_ value: JSON?) -> String {
        guard case .string(let text)? = value else { return "" }
        return plain(text) ?? ""
    }
}
