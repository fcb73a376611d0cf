import JSONReading

/// What a credential service calls the reason of its refusal.
enum ServiceWord {
    private static let longest = 64

    /// The code in an error document of any of the services; empty if there is none.
    static func code(in document: [UInt8]) -> String {
        if case .object(let fields)? = JSON(document) {
            return plain(fields["Code"] ?? fields["code"])
        }
        return XMLDocument(document)?["ErrorResponse/Error/Code"].map(plain) ?? ""
    }

    static func plain(_ value: JSON?) -> String {
        guard case .string(let text)? = value else { return "" }
        return plain(text)
    }

    /// Only what is a word: it comes into logs, and a service may well repeat what it was sent.
    private static func plain(_ text: String) -> String {
        let isWord = text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: ".") }
        return isWord && text.utf8.count <= longest ? text : ""
    }
}
