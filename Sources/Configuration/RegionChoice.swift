/// Which region this instance is, and who said so.
struct RegionChoice {
    private let name: String?
    private let source: String
    private let mayBeAny: Bool

    /// The region when nobody names one and the file lists none.
    private static let nameless = "local"

    init(section: Section, environment: [String: String], overrides: Configuration.Overrides) {
        mayBeAny = overrides.takesAnyRegion
        let inFile = section.value("region", .regionName)
        if let name = overrides.region {
            (self.name, source) = (name, "--region")
        } else if let name = environment["APUS_REGION"], !name.isEmpty {
            (self.name, source) = (name, "APUS_REGION")
        } else {
            (self.name, source) = (inFile, "region")
        }
    }

    /// The chosen name; a file that lists no regions has this one alone.
    func name(among regions: [String: Configuration.Region], _ reading: Reading) -> String {
        let known = regions.keys.sorted()
        guard let name else {
            if known.count > 1, !mayBeAny {
                reading.report(.required(because: "where there are several regions"), at: source)
            }
            return known.first ?? Self.nameless
        }
        if known.isEmpty {
            do {
                return try Format.regionName.parse(Scalar(text: name, raw: name, path: source, reading: reading))
            } catch {
                reading.report(error, at: source)
            }
        } else if !known.contains(name) {
            reading.report(.unknown(what: "region", found: name, known: known), at: source)
        }
        return name
    }
}
