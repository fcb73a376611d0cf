/// How the variant is encoded.
package struct Output: Hashable, Sendable {
    package enum Format: Hashable, Sendable {
        /// This format, whatever the source is.
        case fixed(ImageFormat)
        /// The best for source and client among what the client accepts (reference §8.1).
        case auto(accepting: AcceptedFormats)
        /// The format of the source.
        case source
    }

    package var format: Format
    /// 1 to 100, for lossy formats.
    package var quality: Int

    package init(format: Format, quality: Int) {
        self.format = format
        self.quality = max(1, min(100, quality))
    }
}

/// What `f` can say, and what an endpoint names as its default.
package enum FormatChoice: Hashable, Sendable {
    case auto
    case source
    case fixed(ImageFormat)

    func output(accepting accepted: AcceptedFormats) -> Output.Format {
        switch self {
        case .auto: .auto(accepting: accepted)
        case .source: .source
        case .fixed(let format): .fixed(format)
        }
    }
}

/// Format and quality where the URL names none: an endpoint's settings.
package struct OutputDefaults: Hashable, Sendable {
    package var format: FormatChoice
    /// 1 to 100.
    package var quality: Int

    package init(format: FormatChoice = .auto, quality: Int = 80) {
        self.format = format
        self.quality = quality
    }
}

/// The output parameters that a URL names; those of a later step win (reference §3.1).
struct OutputParameters: Hashable, Sendable {
    var format: FormatChoice?
    var quality: Int?

    mutating func merge(_ later: OutputParameters) {
        format = later.format ?? format
        quality = later.quality ?? quality
    }
}
