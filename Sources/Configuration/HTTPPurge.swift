/// The request that purges one URL at a CDN.
///
/// In `url` and `body`, `{url}` stands for the whole URL, `{path}` for its path and query from the first `/` on,
/// `{host}` for its host; how they are written there is for who sends the request. All but the method may hold secrets.
package struct HTTPPurge: Sendable, Equatable {
    package let method: Method
    /// An http or https URL of visible ASCII characters, at most 2000. Nothing of its scheme, host and port is left open.
    package let url: Secret
    /// By name, each once whatever its case, at most 20.
    package let headers: [Header]
    /// At most 16,000 characters; `nil` where `method` is GET.
    package let body: Secret?

    /// What a CDN may want to be asked with.
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case purge = "PURGE"
    }

    /// One header; visible ASCII characters.
    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: Secret
    }

    /// What the text of `url` and `body` may hold, braces included.
    package enum Placeholder: String, Sendable, CaseIterable {
        case url = "{url}"
        case path = "{path}"
        case host = "{host}"
    }
}

extension HTTPPurge {
    private static let headersLimit = 20

    init(from section: Section, type: String) {
        url = section.required("url", .purgeURL, for: type)
        method = section.choice("method") ?? .post
        let named = section.dictionary(
            "headers", names: .headerName(uniqueIn: section.path + ".headers"), .secretHeaderValue(max: 4000),
            limit: Self.headersLimit)
        headers = named.sorted { $0.key < $1.key }.map { Header(name: $0.key, value: $0.value) }
        if method == .get, section.has("body") {
            _ = section.value("body", .purgeBody)
            section.report(.wrong(expected: "left out where method is GET", found: nil), at: "body")
            body = nil
        } else {
            body = section.value("body", .purgeBody)
        }
    }
}

extension Format<Secret> {
    fileprivate static var purgeURL: Format {
        let expected =
            "a URL such as https://api.cdn.example/purge?url={url}, where {url}, {path} and {host} may stand behind "
            + "host and port"
        return Format(expected: expected, blank: Secret(""), isSecret: true) { isPurgeURL($0) ? Secret($0) : nil }
    }

    fileprivate static var purgeBody: Format {
        let limit = 16_000
        let expected = "a text of 1 to \(limit) characters without control characters"
        return Format(expected: expected, blank: Secret(""), isSecret: true) { text in
            let isPlain = text.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control || "\t\r\n".unicodeScalars.contains($0)
            }
            return isPlain && (1...limit).contains(text.unicodeScalars.count) ? Secret(text) : nil
        }
    }

    /// The value of a header that may be secret: visible ASCII and inner spaces.
    fileprivate static func secretHeaderValue(max: Int) -> Format {
        let plain = Format<String>.headerValue(max: max)
        return Format(expected: plain.expected, blank: Secret("")) { scalar throws(ConfigurationProblem.Reason) in
            do {
                return Secret(try plain.parse(scalar))
            } catch {
                throw .wrong(expected: plain.expected, found: nil)
            }
        }
    }
}

extension Format<String> {
    /// A token (RFC 9110 §5.6.2) that says nothing of the connection.
    fileprivate static func headerName(uniqueIn scope: String) -> Format {
        let expected = "the name of a header that is not of the connection or of the body's length"
        return Format(expected: expected, blank: "") { scalar throws(ConfigurationProblem.Reason) in
            let isToken =
                (1...100).contains(scalar.text.utf8.count)
                && scalar.text.utf8.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) }
            guard isToken, !ownHeaders.contains(scalar.text.lowercased()) else {
                throw .wrong(expected: expected, found: scalar.raw)
            }
            try scalar.reading.claim(scalar.text.lowercased(), in: scope, at: scalar.path)
            return scalar.text
        }
    }
}

/// The ones that the client of HTTP writes by itself.
private let ownHeaders = [
    "connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade",
]

private func isPurgeURL(_ text: String) -> Bool {
    guard text.utf8.count <= 2000, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
        let (scheme, rest) = text[...].split(once: "://")
    else { return false }
    // A template's host and port are fixed, so that no purge decides who is asked.
    let authority = rest.prefix { !"/?{".contains($0) }
    let behind = rest[authority.endIndex...]
    guard WebURL("\(scheme)://\(authority)") != nil,
        behind.first != "{" || behind.hasPrefix(HTTPPurge.Placeholder.path.rawValue)
    else { return false }
    let open = HTTPPurge.Placeholder.allCases.reduce(String(behind)) { $0.replacing($1.rawValue, with: "") }
    return !open.contains { "#\\\"<>^`{|}".contains($0) }
}
