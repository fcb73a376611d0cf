import Transformation

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
            let item = String(Substring(bytes))
            let (shown, isOwn) = Self.shown(item)
            hidesOthers = hidesOthers || (shown != item && !isOwn)
            return shown
        }
        description = items.joined(separator: "&")
        self.hidesOthers = hidesOthers
    }

    private static func shown(_ item: String) -> (text: String, isOwn: Bool) {
        guard let equals = item.firstIndex(of: "=") else {
            return (SecretAddress.isIn(item) ? SecretAddress.placeholder : item, false)
        }
        // A name that cannot be read is nobody's.
        let name = (try? PercentDecoding.text(Array(item[..<equals].utf8)[...]))?.lowercased() ?? ""
        let hides =
            names.contains(name) || endings.contains { name.hasSuffix($0) } || SecretAddress.isIn(item[equals...])
        guard hides else { return (SecretAddress.withoutInputs(item), false) }
        return (item[...equals] + SecretAddress.placeholder, name == own)
    }
}
