extension Configuration {
    /// How many of what run on one host.
    package struct Workers: Sendable, Equatable {
        /// Worker processes, 1…64.
        package var processes = 1
        /// Slots of each worker, 4…4096.
        package var slots = 256
        /// Render processes on this host, 0…256; 0 is one for each CPU that the control group grants.
        package var renders = 0

        /// The defaults.
        package init() {}

        static let processesRange = 1...64
    }
}

extension Configuration.Workers {
    static func reading(_ section: Section, defaults: Self) -> Self {
        section.section("workers") { Self(from: $0, defaults: defaults) } ?? defaults
    }

    private init(from section: Section, defaults: Self) {
        processes = section.value("processes", .integer(Self.processesRange)) ?? defaults.processes
        slots = section.value("slots", .integer(4...4096)) ?? defaults.slots
        renders = section.value("renders", .integer(0...256)) ?? defaults.renders
    }
}
