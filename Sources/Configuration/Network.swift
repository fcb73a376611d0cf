extension Configuration {
    /// Whom this instance may reach and who may ask it.
    package struct Network: Sendable, Equatable {
        /// Private address ranges that WEB_PROXY origins and redirects may reach, as `address` or `address/bits`,
        /// checked.
        package var allow: [String] = []
        /// Address ranges besides loopback that may see `/_apus/`, as above.
        package var operations: [String] = []
        /// A PEM file of more trusted certificates.
        package var caFile: String?
        /// The value of `x-req-from` on every request to an origin.
        package var requestedBy = "imagekit"

        /// The defaults.
        package init() {}
    }
}

extension Configuration.Network {
    static func reading(_ section: Section) -> Self {
        section.section("network") { Self(from: $0) } ?? Self()
    }

    private init(from section: Section) {
        allow = section.values("allow", .addressRange)
        operations = section.values("operations", .addressRange)
        caFile = section.value("caFile", .optionalPath) ?? nil
        requestedBy = section.value("requestedBy", .headerValue(max: 100)) ?? requestedBy
    }
}
