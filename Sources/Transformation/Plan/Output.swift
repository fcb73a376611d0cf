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
package struct OutputParameters: Hashable, Sendable {
    package var format: FormatChoice?
    package var quality: Int?

    mutating func merge(_ later: OutputParameters) {
        format = later.format ?? format
        quality = later.quality ?? quality
    }

    /// Those that `named` does not name.
    func without(_ named: OutputParameters) -> OutputParameters {
        OutputParameters(
            format: named.format == nil ? format : nil, quality: named.quality == nil ? quality : nil)
    }
}

extension Output {
    /// Takes what a branch says. Where the plan's own format is not automatic, an automatic one in a branch is chosen as
    /// for a client that accepts no modern format, since the answer varies by client only if the plan does.
    mutating func merge(_ named: OutputParameters) {
        var accepted: AcceptedFormats = []
        if case .auto(let formats) = format { accepted = formats }
        if let choice = named.format { format = choice.output(accepting: accepted) }
        if let quality = named.quality { self.quality = quality }
    }
}
