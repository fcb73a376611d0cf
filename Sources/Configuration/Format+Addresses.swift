import HTTPRules

extension Format<String> {
    /// A custom domain, made lower case.
    static var host: Format {
        Format(expected: "a host name such as images.shop.example, without scheme, port and path", blank: "") {
            isHostName($0) ? $0.lowercased() : nil
        }
    }

    /// `192.0.2.0/24`, `2001:db8::/32`, or one address.
    static var addressRange: Format {
        Format(expected: "an address range such as 10.0.0.0/8 or fd00::/8", blank: "") {
            IPRange($0) == nil ? nil : $0
        }
    }
}

extension Format<WebURL> {
    /// An http or https URL without credentials, query and fragment.
    static var baseURL: Format {
        Format(
            expected: "a URL such as https://shop.example/media, without credentials, query and fragment",
            blank: WebURL(scheme: .https, host: "", port: 0, path: ""), isSecret: true
        ) { WebURL($0) }
    }
}

extension Format<RedisURL> {
    static var redisURL: Format {
        Format(
            expected: "a URL such as redis://host:6379/0, unix:///path, redis+sentinel://h1,h2/master "
                + "or redis+cluster://h1,h2",
            blank: .blank
        ) { scalar throws(ConfigurationProblem.Reason) in try RedisURL(checking: scalar.text) }
    }
}

extension Format<Configuration.SocketAddress> {
    /// A literal address and a port where plain text may travel.
    static var privateSocketAddress: Format {
        let expected = "a private address with its port, such as 10.0.0.1:9000 or [fd00::1]:9000"
        let blank = Configuration.SocketAddress(host: "", port: 0)
        return Format(expected: expected, blank: blank) { scalar throws(ConfigurationProblem.Reason) in
            guard let address = Configuration.SocketAddress(scalar.text) else {
                throw .wrong(expected: expected, found: scalar.raw)
            }
            guard IPAddress(address.host)?.isPrivate == true else { throw .notPrivate }
            return address
        }
    }
}

extension Format<String> {
    /// A literal address where plain text may travel, in its shortest form.
    static var privateAddress: Format {
        let expected = "a private address such as 10.0.0.1 or fd00::1"
        return Format(expected: expected, blank: "") { scalar throws(ConfigurationProblem.Reason) in
            guard let address = IPAddress(scalar.text)?.unmapped else {
                throw .wrong(expected: expected, found: scalar.raw)
            }
            guard address.isPrivate else { throw .notPrivate }
            return address.description
        }
    }

    /// The literal address of a host, in its shortest form.
    static var address: Format {
        Format(expected: "the address of a host such as 203.0.113.5 or 2001:db8::5", blank: "") { text in
            (IPAddress(text)?.unmapped).flatMap { $0.isOfOneHost ? $0.description : nil }
        }
    }
}

/// Dot-separated labels of letters, digits, inner `-` and, since private names have it, `_`; 1…253 bytes.
func isHostName(_ text: String) -> Bool {
    guard (1...253).contains(text.utf8.count) else { return false }
    return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
            && label.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: "-") }
    }
}

/// `localhost`, 127.0.0.0/8, or ::1 in whatever spelling.
func isLoopbackHost(_ text: String) -> Bool {
    text == "localhost" || IPAddress(text)?.isLoopback == true
}
