extension Configuration {
    /// What one request may ask for at most. Crossing one answers ELIMIT.
    package struct Limits: Sendable, Equatable {
        /// Bytes of an original that is decoded, 1 kB…2 GB; other files stream without this limit.
        package var sourceBytes = 40_000_000
        /// Bytes of a document whose pages are drawn (PDF), 1 kB…2 GB.
        package var documentBytes = 5_000_000
        /// Pixels of an original, all frames together: 1…1,000 MP.
        package var sourcePixels = 100_000_000
        /// Pixels of a variant, all frames together: 1…1,000 MP.
        package var outputPixels = 50_000_000
        /// Frames of an animation: 1…10,000.
        package var frames = 200
        /// Steps of a transformation: 1…100.
        package var steps = 10
        /// Layers of a transformation: 0…100.
        package var layers = 20
        /// Characters of the text of one layer: 1…10,000.
        package var textLength = 2000
        /// Redirects followed to reach one original: 0…10.
        package var redirects = 3
        /// Bytes of a file that is passed through undecoded, 1 kB…1 TB; `nil` is without limit.
        package var fileBytes: Int?

        /// The defaults.
        package init() {}
    }
}

extension Configuration.Limits {
    static func reading(_ section: Section) -> Self {
        section.section("limits") { Self(from: $0) } ?? Self()
    }

    private init(from section: Section) {
        sourceBytes = section.value("sourceBytes", .bytes(1000...2_000_000_000)) ?? sourceBytes
        documentBytes = section.value("documentBytes", .bytes(1000...2_000_000_000)) ?? documentBytes
        sourcePixels = section.value("sourcePixels", .pixels(1...1_000_000_000)) ?? sourcePixels
        outputPixels = section.value("outputPixels", .pixels(1...1_000_000_000)) ?? outputPixels
        frames = section.value("frames", .integer(1...10_000)) ?? frames
        steps = section.value("steps", .integer(1...100)) ?? steps
        layers = section.value("layers", .integer(0...100)) ?? layers
        textLength = section.value("textLength", .integer(1...10_000)) ?? textLength
        redirects = section.value("redirects", .integer(0...10)) ?? redirects
        fileBytes = section.value("fileBytes", .bytes(1000...1_000_000_000_000))
    }
}
