/// The beginning of URLs that a CDN is to forget, whatever follows.
package struct CDNPrefix: Hashable, Sendable {
    /// In lower case, without port.
    package let host: String
    /// Percent-encoded, with its leading slash.
    package let path: String
    /// The same for everything of the URL endpoint: `path` begins with it.
    package let root: String

    package init(host: String, path: String, root: String) {
        (self.host, self.path, self.root) = (host, path, root)
    }

    /// Everything of its URL endpoint.
    var widened: CDNPrefix { CDNPrefix(host: host, path: root, root: root) }
}

extension CDNPrefix {
    /// Those that no other stands for, in order.
    package static func reduced(_ prefixes: some Sequence<CDNPrefix>) -> [CDNPrefix] {
        var kept: [CDNPrefix] = []
        // What a path begins with comes before it, and nothing else between the two but what begins with that as well.
        for prefix in Set(prefixes).sorted(by: { ($0.host, $0.path) < ($1.host, $1.path) }) {
            if let last = kept.last, last.host == prefix.host, prefix.path.utf8.starts(with: last.path.utf8) {
                continue
            }
            kept.append(prefix)
        }
        return kept
    }
}
