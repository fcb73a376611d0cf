package import Transfer

/// Where a bucket is and how it is addressed.
package struct S3Bucket: Sendable, Hashable {
    /// The region that is assumed until the server names another.
    package static let defaultRegion = "us-east-1"

    /// 1…100 letters, digits, `.`, `-` and `_`, the first a letter or digit.
    package let name: String
    /// What requests are signed for, until the server names another.
    package let region: String
    /// `nil`: Amazon's own, in the region.
    package let endpoint: TransferURL?
    /// Put before every key: empty, or with a slash at its end and none at its start.
    package let prefix: String
    /// The bucket is a path segment instead of a part of the host name.
    let isPathStyle: Bool

    /// - Parameters:
    ///   - endpoint: http or https, any port, with or without path; without query.
    ///   - isPathStyle: where a host name cannot carry the bucket's (the host is an address, or a dot in the bucket's name
    ///     would not match a certificate), it is a path segment whatever is said here.
    ///   - prefix: slashes at its ends make no difference.
    ///
    /// Throws `.badBucket`, `.badRegion`, `.badEndpoint`.
    package init(
        _ name: String, region: String = S3Bucket.defaultRegion, endpoint: String? = nil, isPathStyle: Bool = false,
        prefix: String = ""
    ) throws(S3Error) {
        guard Self.isBucketName(name) else { throw .badBucket }
        guard Self.isRegion(region) else { throw .badRegion }
        self.name = name
        self.region = region
        self.endpoint = try endpoint.map { (text) throws(S3Error) in try Self.endpoint(text) }
        let inner = prefix.split(separator: "/", omittingEmptySubsequences: false)
            .drop { $0.isEmpty }.reversed().drop { $0.isEmpty }.reversed().joined(separator: "/")
        self.prefix = inner.isEmpty ? "" : inner + "/"
        let isSecure = self.endpoint.map { $0.scheme == .https } ?? true
        self.isPathStyle = isPathStyle || (isSecure && name.contains(".")) || (self.endpoint?.isAddress ?? false)
    }

    /// Whether the text can stand in a host name and in a signature's scope; a server's word for its region is not
    /// believed otherwise.
    static func isRegion(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    private static func isBucketName(_ text: String) -> Bool {
        guard (1...100).contains(text.utf8.count), text.utf8.first?.isLetterOrDigit == true else { return false }
        return text.utf8.allSatisfy { $0.isLetterOrDigit || "._-".utf8.contains($0) }
    }

    private static func endpoint(_ text: String) throws(S3Error) -> TransferURL {
        guard let url = try? TransferURL(text), !url.text.contains("?") else { throw .badEndpoint }
        return url
    }
}

extension S3Bucket {
    /// The URL of an object, or of the bucket itself (`key` is `nil`), as a region's server knows it.
    ///
    /// - Parameter query: in its canonical form.
    ///
    /// Throws `.badKey` for an empty key and one of more than 1,024 bytes with the prefix (S3 API, object keys);
    /// `.badEndpoint` if the host name that the bucket makes is none.
    package func url(of key: String?, query: String, in region: String) throws(S3Error) -> (
        url: TransferURL, path: String
    ) {
        if let key {
            guard !key.isEmpty, (prefix + key).utf8.count <= 1024 else { throw .badKey }
        }
        let (scheme, authority, base) = place(in: region)
        let bucket = isPathStyle ? "/\(name)" : ""
        let object = key.map { "/" + percentEncoded(prefix + $0, keepsSlash: true) } ?? (isPathStyle ? "" : "/")
        let path = base + bucket + object
        do throws(TransferError) {
            return (try TransferURL("\(scheme)://\(authority)\(path)\(query.isEmpty ? "" : "?" + query)"), path)
        } catch {
            throw .badEndpoint
        }
    }

    /// Scheme, host with port, and path without slash at its end.
    private func place(in region: String) -> (scheme: String, authority: String, base: String) {
        guard let endpoint else {
            let country = region.hasPrefix("cn-") ? ".cn" : ""
            return ("https", "\(isPathStyle ? "" : name + ".")s3.\(region).amazonaws.com\(country)", "")
        }
        let parts = endpoint.text.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
        let authority = parts.first.map(String.init) ?? ""
        let segments = parts.dropFirst().reversed().drop { $0.isEmpty }.reversed()
        let base = segments.map { "/" + $0 }.joined()
        return (endpoint.scheme.rawValue, isPathStyle ? authority : "\(name).\(authority)", base)
    }
}

extension TransferURL {
    /// Whether the host is an IP address, before which no bucket can stand.
    fileprivate var isAddress: Bool {
        host.hasPrefix("[") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
    }

    /// The value of `Host` (RFC 9110 §7.2): the scheme's own port is left out.
    package var hostField: String {
        let usual = scheme == .https ? 443 : 80
        return port == usual ? host : "\(host):\(port)"
    }
}
