/// A query as it may be shown: without the values of parameters that open something to whoever reads them, such as
/// signatures and tokens, the URL's own among them.
package struct ShownQuery: Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether anything but the URL's own signature is left out.
    package let hidesOthers: Bool

    private static let own = "ik-s"
    private static let names: Set<String> = [
        own, "sig", "signature", "token", "access_token", "api_key", "apikey", "key", "password", "secret",
        "awsaccesskeyid", "googleaccessid",
    ]
    private static let endings = ["-signature", "-credential", "-security-token"]

    /// - Parameter query: as received, without `?`.
    package init(_ query: String) {
        var hidesOthers = false
        let items = query.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { bytes in
            let item = Substring(bytes)
            guard let equals = item.firstIndex(of: "=") else { return String(item) }
            let name = item[..<equals].lowercased()
            guard Self.names.contains(name) || Self.endings.contains(where: { name.hasSuffix($0) }) else {
                return String(item)
            }
            hidesOthers = hidesOthers || name != Self.own
            return item[...equals] + "(hidden)"
        }
        description = items.joined(separator: "&")
        self.hidesOthers = hidesOthers
    }
}
