extension Output {
    /// The output that a whole chain names, with what its parameters do to each other.
    init(_ named: OutputParameters, stages: [Stage], defaults: OutputDefaults, accepting accepted: AcceptedFormats) {
        self.init(
            format: (named.format ?? defaults.format).output(accepting: accepted),
            quality: named.quality ?? defaults.quality)
        var rest = named
        (rest.format, rest.quality) = (nil, nil)
        merge(rest)
        if switches.contains(.profile) || stages.contains(where: \.sharpensByMask) { excludeAVIF(accepting: accepted) }
        // What cannot matter for the format may do so for the one that a branch names.
        if !stages.contains(where: \.namesOutput) { dropWhatDoesNothing() }
    }

    /// What asks for AVIF gets an automatic choice without it (reference §8.1, 2).
    private mutating func excludeAVIF(accepting accepted: AcceptedFormats) {
        switch format {
        case .auto(let formats): format = .auto(accepting: formats.subtracting(.avif))
        case .fixed(.avif): format = .auto(accepting: accepted.subtracting(.avif))
        case .fixed, .source: break
        }
    }

    private mutating func dropWhatDoesNothing() {
        switch format {
        case .auto:
            if switches.contains(.lossless) { switches.remove(.progressive) }
            // AVIF is excluded already, and that is all that it says beyond `md`.
            if switches.contains(.metadata) { switches.remove(.profile) }
        case .source: break
        case .fixed(let format):
            if format != .webp { switches.remove(.lossless) }
            if format != .jpeg { switches.remove(.progressive) }
            if switches.contains(.metadata) { switches.remove(.profile) }
            if !format.holdsProfile { switches.subtract([.profile, .metadata]) }
            // An SVG goes out as it came.
            if format == .svg { density = nil }
        }
    }
}

extension Plan {
    /// Whether a picture is sharpened by `e-usm` whichever branches run; it is never an AVIF then (reference §8.1, 2).
    package var sharpensByMask: Bool { stages.contains(where: \.sharpensByMask) }

    /// Whether the variant may carry the original's colour profile, depending on branches.
    package var mayKeepProfile: Bool { output.embedsProfile || stages.contains(where: \.mayKeepProfile) }
}

extension Output {
    /// Whether the variant carries the original's colour profile.
    package var embedsProfile: Bool { !switches.isDisjoint(with: [.profile, .metadata]) }
}

extension ImageFormat {
    /// Whether a variant in this format can carry a colour profile and metadata.
    package var holdsProfile: Bool {
        switch self {
        case .jpeg, .png, .webp, .avif: true
        case .gif, .svg, .heic, .tiff: false
        }
    }
}

extension Stage {
    fileprivate var sharpensByMask: Bool { mayRun { $0.unsharpMask != nil } }

    /// Whether a branch of it says something of the output.
    fileprivate var namesOutput: Bool { anyBranch { $0 != OutputParameters() } }

    fileprivate var mayKeepProfile: Bool {
        anyBranch { $0.switches[.profile] == true || $0.switches[.metadata] == true }
    }

    private func anyBranch(_ matches: (OutputParameters) -> Bool) -> Bool {
        switch self {
        case .step: false
        case .conditional(let block):
            matches(block.consequence.output) || matches(block.alternative.output)
                || block.stages.contains { $0.anyBranch(matches) }
        }
    }
}
