extension Configuration {
    /// Kinds of original that can be switched off, because what decodes them is large and seldom needed. Those that are
    /// off answer EINVAL; all other kinds are always there, AVIF too.
    package struct Loaders: Sendable, Equatable {
        package var svg = true
        package var pdf = true
        package var heic = true

        /// All of them.
        package init() {}
    }
}

extension Configuration.Loaders {
    static func reading(_ section: Section) -> Self {
        section.section("loaders") { Self(from: $0) } ?? Self()
    }

    private init(from section: Section) {
        svg = section.value("svg", .boolean) ?? svg
        pdf = section.value("pdf", .boolean) ?? pdf
        heic = section.value("heic", .boolean) ?? heic
    }
}
