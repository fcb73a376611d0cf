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
    /// Those that are on.
    package var switches: Set<OutputSwitch> = []
    /// What the density tag says, and at what density drawings are made pixels.
    package var density: Density?

    package init(format: Format, quality: Int) {
        self.format = format
        self.quality = max(1, min(100, quality))
    }
}

/// An output parameter that is true or false, and false where nothing names it; by its key in the URL.
package enum OutputSwitch: String, Hashable, Sendable, CaseIterable {
    /// WebP without loss; an automatic choice is between it and PNG then.
    case lossless = "lo"
    /// A JPEG that appears coarse at first.
    case progressive = "pr"
    /// Pixels in the colours of the original's own profile, which goes with them.
    case profile = "cp"
    /// EXIF, XMP, IPTC and the colour profile.
    case metadata = "md"
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
    package var switches: [OutputSwitch: Bool] = [:]
    /// Never of a branch, like `page` and `defaultImage`.
    package var density: Density?

    mutating func merge(_ later: OutputParameters) {
        page = later.page ?? page
        defaultImage = later.defaultImage ?? defaultImage
        format = later.format ?? format
        quality = later.quality ?? quality
        switches.merge(later.switches) { $1 }
        density = later.density ?? density
    }

    /// What a branch says that `named` does not.
    func without(_ named: OutputParameters) -> OutputParameters {
        var rest = self
        if named.format != nil { rest.format = nil }
        if named.quality != nil { rest.quality = nil }
        for item in named.switches.keys { rest.switches[item] = nil }
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
        quality = named.quality ?? quality
        density = named.density ?? density
        for (item, isOn) in named.switches {
            if isOn { switches.insert(item) } else { switches.remove(item) }
        }
    }
}
