extension Configuration {
    /// How many of what run on one host, and on which hosts of the region.
    package struct Workers: Sendable, Equatable {
        /// Worker processes as somebody has said, 1…64; `nil` where nobody has.
        package var statedProcesses: Int?
        /// Slots of each worker, 4…4096.
        package var slots = 256
        /// Render processes on this host, 0…256; 0 is one for each CPU that the control group grants.
        package var renders = 0
        /// Bytes that the render processes of this host may use together; 0 is half of what the control group grants.
        package var memoryBytes = 0
        /// Where a worker host accepts FastCGI; `nil`: on a socket of its own host.
        package var listen: SocketAddress?
        /// Where the region's nginx finds workers, each once, at most 64; empty: on its own host.
        package var hosts: [SocketAddress] = []
        /// Who may connect to the workers, as the file says: addresses, each once.
        package var statedFronts: [String] = []

        /// The defaults.
        package init() {}

        static let processesRange = 1...64
        static let rendersRange = 0...256
        private static let memoryRange = 0...10_000_000_000_000
        private static let hostsRange = 1...64
    }
}

extension Configuration.Workers {
    /// Worker processes, 1…64.
    package var processes: Int { statedProcesses ?? 1 }

    /// The addresses that may connect to workers which listen on the network, each once: `listen`'s own, and those that the
    /// file names; where it names none, those of the worker hosts, since nginx then runs beside them.
    package var fronts: [String] {
        let others = statedFronts.isEmpty ? hosts.map(\.host) : statedFronts
        return (others + [listen?.host].compactMap(\.self)).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    static func reading(_ section: Section, defaults: Self) -> Self {
        section.section("workers") { Self(from: $0, defaults: defaults) } ?? defaults
    }

    private init(from section: Section, defaults: Self) {
        statedProcesses = section.value("processes", .integer(Self.processesRange)) ?? defaults.statedProcesses
        slots = section.value("slots", .integer(4...4096)) ?? defaults.slots
        renders = section.value("renders", .integer(Self.rendersRange)) ?? defaults.renders
        memoryBytes = section.value("memory", .bytes(Self.memoryRange)) ?? defaults.memoryBytes
        listen = section.value("listen", .privateSocketAddress) ?? defaults.listen
        let hosts = section.distinct("hosts", .privateSocketAddress, counts: Self.hostsRange)
        self.hosts = hosts ?? defaults.hosts
        let fronts = section.distinct("fronts", .privateAddress, counts: Self.hostsRange)
        statedFronts = fronts ?? defaults.statedFronts
    }
}
