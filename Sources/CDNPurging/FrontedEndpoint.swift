package import Purging

/// A URL endpoint with a CDN in front, as far as purges ask.
package struct FrontedEndpoint: Sendable, Hashable {
    /// The account's id.
    package let account: String
    /// How purges name what lies below it: `/{account}` or `/{account}/{prefix}`.
    package let base: String
    /// The ids of its origins.
    package let origins: Set<String>
    /// The hosts that the CDN answers on, with what the path of everything there begins with, a slash at its end.
    package let fronts: [Front]

    package struct Front: Sendable, Hashable {
        package let host: String
        package let root: String

        package init(host: String, root: String) {
            (self.host, self.root) = (host, root)
        }
    }

    /// - Parameters:
    ///   - hosts: custom ones; the CDN stands in front of these alone if there are any.
    ///   - sharedHost: where accounts and prefixes are part of the path; empty where no CDN has to be told.
    package init(account: String, prefix: String, origins: Set<String>, hosts: [String], sharedHost: String) {
        self.account = account
        base = "/" + account + (prefix.isEmpty ? "" : "/" + prefix)
        self.origins = origins
        let root = base + "/"
        fronts = hosts.isEmpty ? [Front(host: sharedHost, root: root)] : hosts.map { Front(host: $0, root: "/") }
    }

    /// What the CDN has to forget for a purge of this account's; nothing for one that means nothing here.
    ///
    /// A CDN matches how URLs begin. A transformation in the path stands before the original's name, so nothing short
    /// of all such URLs will do. So it does for one variant, which clients may write in many ways. Of what is made of
    /// several originals and has its transformation in the query, only the first can be found.
    package func prefixes(meantBy target: PurgeTarget) -> [CDNPrefix] {
        switch target {
        case .originals(let pattern), .variant(let pattern, _): return prefixes(meantBy: pattern)
        case .tag: return everything
        case .origin(let id): return origins.contains(id) ? everything : []
        }
    }

    private var everything: [CDNPrefix] {
        fronts.map { CDNPrefix(host: $0.host, path: $0.root, root: $0.root) }
    }

    private func prefixes(meantBy pattern: PurgePattern) -> [CDNPrefix] {
        let text: String
        switch pattern {
        case .path(let path), .exact(let path, _): text = path
        // A query may be written in any order.
        case .prefix(let start): text = String(start.prefix { $0 != "?" })
        }
        let root = base + "/"
        if text.hasPrefix(root) {
            let name = Self.oneSpelling(text.dropFirst(root.count))
            guard !name.isEmpty else { return everything }
            return fronts.flatMap { front in
                [name, "tr:", "ik-seo/"].map { CDNPrefix(host: front.host, path: front.root + $0, root: front.root) }
            }
        }
        if case .prefix = pattern, root.hasPrefix(text) { return everything }
        return []
    }

    /// The longest path of a CDN's, in bytes.
    private static let longestName = 2000

    /// As much of a name as everybody spells in the same way: some percent-encode what others do not, or with other
    /// letters. A space is `%20` for all.
    private static func oneSpelling(_ name: Substring) -> String {
        let bytes = name.utf8.prefix(longestName)
        let end = bytes.indices.first { index in
            let isSpace = bytes[index...].starts(with: "%20".utf8)
            return !isSpace && "%!$&'()*+,;=:@".utf8.contains(bytes[index])
        }
        return String(decoding: bytes[..<(end ?? bytes.endIndex)], as: UTF8.self)
    }
}
