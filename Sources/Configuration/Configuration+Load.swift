internal import Yams

extension Configuration {
    /// What the command line says over the file.
    package struct Overrides: Sendable, Equatable {
        /// The name of this instance's region; stronger than `APUS_REGION`, which is stronger than the file.
        package var region: String?
        /// The number of worker processes.
        package var processes: Int?
        /// The number of worker processes, used only where the file names none.
        package var defaultProcesses: Int?
        /// The number of render processes, used only where the file leaves it to the CPUs.
        package var defaultRenders: Int?
        /// The URL of a Redis, used only where the file names none.
        package var redis: String?
        /// The folder of a store, used only where the file names none.
        package var store: String?
        /// How many bytes that store holds at most; `nil`: as many as one of the file that does not say.
        package var storeBytes: Int?
        /// Whether any region of the file will do where nobody names one: for what is the same in all of them.
        package var takesAnyRegion: Bool

        package init(
            region: String? = nil, processes: Int? = nil, defaultProcesses: Int? = nil, defaultRenders: Int? = nil,
            redis: String? = nil, store: String? = nil, storeBytes: Int? = nil, takesAnyRegion: Bool = false
        ) {
            self.takesAnyRegion = takesAnyRegion
            self.region = region
            self.processes = processes
            self.defaultProcesses = defaultProcesses
            self.defaultRenders = defaultRenders
            self.redis = redis
            self.store = store
            self.storeBytes = storeBytes
        }
    }

    /// Rotation keeps two of them alive.
    private static let regionSecretsLimit = 5

    /// The file is read whole; nobody writes a bigger one by hand.
    private static let fileBytesLimit = 1 << 20

    /// Reads and checks a configuration file (design §4.2).
    ///
    /// - Parameters:
    ///   - file: The YAML file; relative paths in it, also in `${file:…}`, are relative to its folder.
    ///   - environment: Where `${NAME}` and `APUS_REGION` are looked up.
    /// - Throws: Every problem at once, each with its place in the file.
    package static func load(
        file: String, environment: [String: String], overrides: Overrides = Overrides()
    ) throws(ConfigurationProblems) -> Configuration {
        try load(text: try read(file: file), of: file, environment: environment, overrides: overrides)
    }

    /// The bytes of a file, unchecked.
    package static func read(file: String) throws(ConfigurationProblems) -> [UInt8] {
        do {
            return try readFile(file, limit: fileBytesLimit)
        } catch {
            throw ConfigurationProblems(problems: [ConfigurationProblem(path: file, reason: error)])
        }
    }

    /// Checks what was read of a file before, whatever lies there now.
    package static func load(
        text: [UInt8], of file: String, environment: [String: String], overrides: Overrides = Overrides()
    ) throws(ConfigurationProblems) -> Configuration {
        let folder: String
        do {
            folder = try containingFolder(of: file)
        } catch {
            throw ConfigurationProblems(problems: [ConfigurationProblem(path: file, reason: error)])
        }
        return try parse(text, name: file, folder: folder, environment: environment, overrides: overrides)
    }

    /// Checks the text of a configuration; `load` for text that has been read already.
    ///
    /// - Parameters:
    ///   - name: What problems of the text as a whole are reported under.
    ///   - folder: Where relative paths start; absolute.
    package static func parse(
        _ yaml: [UInt8], name: String, folder: String, environment: [String: String], overrides: Overrides = Overrides()
    ) throws(ConfigurationProblems) -> Configuration {
        let root: Node?
        do {
            root = try Document.parse(yaml)
        } catch {
            throw ConfigurationProblems(problems: [ConfigurationProblem(path: name, reason: error)])
        }
        guard let root else {
            let reason = ConfigurationProblem.Reason.required(because: nil)
            throw ConfigurationProblems(problems: [ConfigurationProblem(path: "accounts", reason: reason)])
        }
        let reading = Reading(environment: environment, folder: folder)
        let version = FileVersion.of(root)
        let configuration = Section.read(root, at: "", reading) { section in
            Configuration(from: section, version: version, reading: reading, overrides: overrides)
        }
        guard let configuration, reading.problems.isEmpty else {
            let problems = reading.problems.map { problem in
                problem.path.isEmpty ? ConfigurationProblem(path: name, reason: problem.reason) : problem
            }
            throw ConfigurationProblems(problems: problems)
        }
        return configuration
    }

    private init(from section: Section, version: String, reading: Reading, overrides: Overrides) {
        self.version = version
        let defaults = RegionDefaults(from: section)
        let named = section.dictionary("regions", names: .regionName, limit: 100) {
            Region(from: $0, defaults: defaults)
        }
        let choice = RegionChoice(section: section, environment: reading.environment, overrides: overrides)
        region = choice.name(among: named, reading)
        regions = named.isEmpty ? [region: defaults.region] : named
        regionSecrets = section.oneOrMore("regionSecret", .secret(max: 1000), limit: Self.regionSecretsLimit)
            .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        reportPlainRegions(named, reading)
        let current = regions[region] ?? defaults.region
        workers = current.workers.overridden(by: overrides, reading)
        redis = current.redis ?? RedisDraft.override(overrides, maxValueBytes: defaults.redis.maxValueBytes, reading)
        store = current.store ?? .override(overrides, reading)
        cache = current.cache
        let limits = Limits.reading(section)
        self.limits = limits
        loaders = .reading(section)
        timeouts = .reading(section)
        network = .reading(section)
        dns = .reading(section)
        let names = Set(regions.keys)
        accounts = section.sections("accounts") { Account(from: $0, regions: names, limits: limits) }
        if accounts.isEmpty, !reading.problems.contains(where: { $0.path.hasPrefix("accounts") }) {
            section.report(.required(because: nil), at: "accounts")
        }
        reportWorkerHosts(reading, areNamed: !named.isEmpty)
        reportHostlessCDNs(reading)
    }
}

/// What regions tell each other opens what is private, so that it goes in the open only where somebody has said so.
private func reportPlainRegions(_ regions: [String: Configuration.Region], _ reading: Reading) {
    guard regions.count > 1 else { return }
    for (name, region) in regions.sorted(by: { $0.key < $1.key }) {
        guard let url = region.url, url.scheme == .http, !url.isLoopback, !region.insecure else { continue }
        let expected = "https, unless it is on this machine or insecure is true"
        reading.report(.wrong(expected: expected, found: nil), at: "regions.\(clipped(name)).url")
    }
}
