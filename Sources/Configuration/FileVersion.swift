internal import Digests
internal import Yams

/// The version of a file that regions compare (design §4.2).
enum FileVersion {
    /// What each region may have in its own way.
    private static let ownSections = ["redis", "store", "workers", "cache"]
    /// Nobody meets two versions of 96 bits by accident.
    private static let digits = 24

    /// A hash of the file's text, value by value as they stand there.
    static func of(_ root: Node) -> String {
        var builder = DigestBuilder("configuration version")
        guard case .mapping(let mapping) = root else { return "" }
        let top = entries(of: mapping, without: ["region"] + ownSections)
        builder.add(Int64(top.count))
        for (key, value) in top {
            builder.add(key)
            guard key == "regions", case .mapping(let regions) = value else {
                add(value, to: &builder)
                continue
            }
            let named = entries(of: regions, without: [])
            builder.add(Int64(named.count))
            for (name, region) in named {
                builder.add(name)
                add(region, without: ownSections, to: &builder)
            }
        }
        return String(builder.finish().hex.prefix(digits))
    }

    private static func add(_ node: Node, without names: [String] = [], to builder: inout DigestBuilder) {
        switch node {
        case .scalar(let scalar):
            builder.add(scalar.string)
        case .sequence(let sequence):
            builder.add("list")
            builder.add(Int64(sequence.count))
            for item in sequence { add(item, to: &builder) }
        case .mapping(let mapping):
            let entries = entries(of: mapping, without: names)
            builder.add("mapping")
            builder.add(Int64(entries.count))
            for (key, value) in entries {
                builder.add(key)
                add(value, to: &builder)
            }
        // The reader of the file has refused it.
        case .alias: break
        }
    }

    /// In the order of the keys, which are unique.
    private static func entries(of mapping: Node.Mapping, without names: [String]) -> [(key: String, node: Node)] {
        mapping.compactMap { key, value in key.scalar.map { ($0.string, value) } }
            .filter { !names.contains($0.0) }
            .sorted { $0.0 < $1.0 }
    }
}
