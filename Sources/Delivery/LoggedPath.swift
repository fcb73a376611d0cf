import Explaining

/// The path of a request as logs have it. Where it is itself a URL (of a web proxy), what opens things to every reader is
/// left out: its password and its query, which may be signed. So are such URLs among what layers show, and a signature that
/// has become part of the path by a question mark that was encoded. Any character of them may be percent-encoded: what
/// counts is what the path is read as.
package struct LoggedPath: CustomStringConvertible {
    package let description: String

    /// - Parameter isURL: whether it is one whatever it looks like.
    package init(_ path: String, isURL: Bool = false) {
        let bytes = Array(path.utf8)
        guard isURL || Self.isSuspicious(bytes) else {
            description = SecretAddress.withoutInputs(path)
            return
        }
        let end = Self.startOfQuery(in: bytes)
        let segments = bytes[..<(end ?? bytes.endIndex)].split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let open = segments.map { Self.hasUser(Array($0)) ? "-" : String(decoding: $0, as: UTF8.self) }
        description = SecretAddress.withoutInputs(open.joined(separator: "/")) + (end == nil ? "" : "?-")
    }

    /// What shows that the path may hold such a thing.
    private static let marks = ["http:", "https:", "ik-s="]

    private static func isSuspicious(_ path: [UInt8]) -> Bool {
        let text = String(decoding: SecretAddress.percentDecoded(path), as: UTF8.self).lowercased()
        return marks.contains { text.utf8.contains($0.utf8) }
    }

    /// The first question mark, plain or encoded.
    private static func startOfQuery(in path: [UInt8]) -> Int? {
        let spellings = ["?", "%3f", "%3F"].map { Array($0.utf8) }
        return path.indices.first { index in spellings.contains { path[index...].starts(with: $0) } }
    }

    private static func hasUser(_ segment: [UInt8]) -> Bool {
        let encoded = "%40".utf8
        // What a layer shows is decoded once more than the path.
        return hasAt(segment) || segment.contains(encoded) || SecretAddress.percentDecoded(segment).contains(encoded)
    }

    /// Twice it is a slash of the URL language.
    private static func hasAt(_ segment: [UInt8]) -> Bool {
        let ats = segment.split(omittingEmptySubsequences: true) { $0 != UInt8(ascii: "@") }
        return ats.contains { !$0.count.isMultiple(of: 2) }
    }
}

extension DeliveryError {
    /// Why, as logs have it: without what the message quotes of a URL that is not shown as it is.
    func loggedReason(_ request: DeliveryRequest) -> String {
        if let log { return log }
        let isShown =
            LoggedPath(request.path).description == request.path && !ShownQuery(request.query).hidesOthers
        return isShown ? message : SecretAddress.withoutQuotes(message)
    }
}
