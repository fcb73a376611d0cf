import Configuration
import S3

/// A text of the owner's with places in it for what a purge means. Pure.
package struct PurgeTemplate: Sendable {
    /// How what is filled in is written there.
    package enum Place: Sendable {
        /// As it is up to the first `?`, percent-encoded from there on.
        case url
        /// Between the quotes of a JSON text.
        case body
    }

    private let text: String
    private let place: Place

    package init(_ text: String, in place: Place) {
        (self.text, self.place) = (text, place)
    }

    /// With everything that begins so: the wildcard is the last character of path and URL.
    package func filled(_ prefix: CDNPrefix) -> String {
        var result = ""
        var isInQuery = false
        var rest = text[...]
        // Filled in one pass, so that nothing of what is filled in is taken for a place.
        while let character = rest.first {
            if character == "{", let end = rest.firstIndex(of: "}"),
                let placeholder = HTTPPurge.Placeholder(rawValue: String(rest[...end]))
            {
                result += written(Self.value(of: placeholder, for: prefix), isInQuery: isInQuery)
                rest = rest[rest.index(after: end)...]
            } else {
                if character == "?" { isInQuery = true }
                result.append(character)
                rest.removeFirst()
            }
        }
        return result
    }

    private static func value(of placeholder: HTTPPurge.Placeholder, for prefix: CDNPrefix) -> String {
        switch placeholder {
        case .url: "https://\(prefix.host)\(prefix.path)*"
        case .path: prefix.path + "*"
        case .host: prefix.host
        }
    }

    private func written(_ value: String, isInQuery: Bool) -> String {
        switch place {
        case .url: isInQuery ? percentEncoded(value) : value
        case .body: value.reduce(into: "") { $0 += ["\"": "\\\"", "\\": "\\\\"][$1] ?? String($1) }
        }
    }
}
