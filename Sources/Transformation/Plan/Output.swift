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
    /// WebP without loss; an automatic choice is between it and PNG then.
    package var isLossless = false
    /// A JPEG that appears coarse at first.
    package var isProgressive = false
    /// `cp`: pixels in the colours of the original's own profile, which goes with them.
    package var keepsProfile = false
    /// `md`: EXIF, XMP, IPTC and the colour profile.
    package var keepsMetadata = false
    /// What the density tag says, and at what density drawings are made pixels.
    package var density: Density?

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

/// What holds where the URL names nothing: an endpoint's settings.
package struct OutputDefaults: Hashable, Sendable {
    package var format: FormatChoice
    /// 1 to 100.
    package var quality: Int
    /// From 1; nil: the whole animation, the first page of what is no animation.
    package private(set) var page: Int?

    package init(format: FormatChoice = .auto, quality: Int = 80) {
        self.format = format
        self.quality = quality
    }

    /// Of `ik-thumbnail.jpg`, which says what it is: a JPEG, and of the first page or frame.
    package var ofThumbnail: OutputDefaults {
        var defaults = self
        (defaults.format, defaults.page) = (.fixed(.jpeg), 1)
        return defaults
    }
}

/// The output parameters that a URL names; those of a later step win (reference §3.1).
package struct OutputParameters: Hashable, Sendable {
    package var format: FormatChoice?
    package var quality: Int?
    /// `pg`, from 1.
    package var page: Int?
    /// `di`
    package var defaultImage: ObjectPath?
    package var isLossless: Bool?
    package var isProgressive: Bool?
    package var keepsProfile: Bool?
    package var keepsMetadata: Bool?
    /// Never of a branch.
    package var density: Density?

    mutating func merge(_ later: OutputParameters) {
        page = later.page ?? page
        defaultImage = later.defaultImage ?? defaultImage
        format = later.format ?? format
        quality = later.quality ?? quality
        isLossless = later.isLossless ?? isLossless
        isProgressive = later.isProgressive ?? isProgressive
        keepsProfile = later.keepsProfile ?? keepsProfile
        keepsMetadata = later.keepsMetadata ?? keepsMetadata
        density = later.density ?? density
    }

    /// Those that `named` does not name.
    func without(_ named: OutputParameters) -> OutputParameters {
        var rest = self
        if named.format != nil { rest.format = nil }
        if named.quality != nil { rest.quality = nil }
        if named.page != nil { rest.page = nil }
        if named.defaultImage != nil { rest.defaultImage = nil }
        if named.isLossless != nil { rest.isLossless = nil }
        if named.isProgressive != nil { rest.isProgressive = nil }
        if named.keepsProfile != nil { rest.keepsProfile = nil }
        if named.keepsMetadata != nil { rest.keepsMetadata = nil }
        if named.density != nil { rest.density = nil }
        return rest
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
        isLossless = named.isLossless ?? isLossless
        isProgressive = named.isProgressive ?? isProgressive
        keepsProfile = named.keepsProfile ?? keepsProfile
        keepsMetadata = named.keepsMetadata ?? keepsMetadata
        density = named.density ?? density
    }
}
