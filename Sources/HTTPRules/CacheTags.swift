/// The names that an origin gives its answers so that they can be purged together, as CDNs have them: `Cache-Tag`
/// separates them by commas, `Surrogate-Key` by spaces. No standard defines them. Case counts.
package enum CacheTags {
    /// The most tags of one answer; further ones are left out.
    package static let countLimit = 64
    /// The longest tag in bytes; a longer one is left out.
    package static let bytesLimit = 128

    /// Whether it can be a tag: 1…128 bytes of printable ASCII without space at its ends and without comma.
    package static func isTag(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...bytesLimit).contains(bytes.count)
            && bytes.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ",") }
            && bytes.first != 0x20 && bytes.last != 0x20
    }

    /// The tags of both headers' values in the order they stand there, each once. Several headers of one name are to be
    /// joined by commas, of which a `Surrogate-Key` may have some besides its spaces.
    package static func read(cacheTag: String?, surrogateKey: String?) -> [String] {
        var tags: [String] = []
        var seen: Set<String> = []
        let listed = (cacheTag ?? "").utf8.split(separator: UInt8(ascii: ","))
        let spaced = (surrogateKey ?? "").utf8.split { " \t,".utf8.contains($0) }
        for var item in listed + spaced {
            item.trimSpaces()
            let tag = String(Substring(item))
            guard tags.count < countLimit else { break }
            if isTag(tag), seen.insert(tag).inserted { tags.append(tag) }
        }
        return tags
    }
}
