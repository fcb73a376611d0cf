import RenderJobs
import Transformation
import Vips

/// Which format a variant gets: what the plan asks for, what the client takes, and what the picture needs.
struct OutputChoice {
    private(set) var format: ImageFormat
    private let output: Output
    /// The original is an animation, all frames of which are asked for.
    private let hasFrames: Bool
    private let rasterisesSVG: Bool
    /// The format may still change with what the steps have made of the picture.
    private let isFree: Bool

    /// - Parameter output: the plan's own, or what the branches that ran have made of it.
    /// - Throws: `transformation` where no encoder could do it.
    init(_ output: Output, of plan: Plan, source: borrowing Source, rasterisesSVG: Bool) throws(RenderFailure) {
        self.output = output
        self.rasterisesSVG = rasterisesSVG
        let excludesAVIF = plan.sharpensByMask || output.switches.contains(.profile)
        var (choice, isFree) = (ImageFormat.jpeg, false)
        switch output.format {
        case .fixed(let fixed):
            choice = fixed
        case .source:
            choice = Self.format(of: source, rasterisesSVG)
        case .auto(let accepted):
            let accepted = excludesAVIF ? accepted.subtracting(.avif) : accepted
            choice = Self.best(for: source, output, accepted, rasterisesSVG)
            isFree = true
        }
        if choice == .avif, excludesAVIF {
            choice = Self.best(for: source, output, [], rasterisesSVG)
            isFree = true
        }
        (format, self.isFree) = (choice, isFree)
        hasFrames = source.frames > 1
        try check(against: source)
    }

    /// The same format, or the nearest that every browser shows.
    private static func format(of source: borrowing Source, _ rasterisesSVG: Bool) -> ImageFormat {
        switch source.format {
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        case .gif: .gif
        case .heif where source.isAVIF: .avif
        case .heif, .tiff, .pdf: source.hasAlpha ? .png : .jpeg
        case .svg: rasterisesSVG ? .png : .svg
        }
    }

    /// WebP before AVIF, which is only chosen where nothing else is accepted: ImageKit's default too, since it costs
    /// ten times the time (reference §8.1, 2).
    private static func best(
        for source: borrowing Source, _ output: Output, _ accepted: AcceptedFormats, _ rasterisesSVG: Bool
    ) -> ImageFormat {
        if source.format == .svg, !rasterisesSVG { return .svg }
        if accepted.contains(.webp) { return .webp }
        if source.frames > 1 { return .gif }
        if output.switches.contains(.lossless) { return .png }
        if accepted.contains(.avif) { return .avif }
        // What was lossless stays so: a JPEG of a screenshot is larger and worse.
        return source.hasAlpha || [.png, .gif, .svg].contains(source.format) ? .png : .jpeg
    }

    /// All frames of an animation are kept.
    var isAnimated: Bool { hasFrames && (format == .gif || format == .webp) }

    var keepsSVG: Bool { format == .svg }

    private func check(against source: borrowing Source) throws(RenderFailure) {
        if format == .gif, !source.format.isAnimatable {
            throw .transformation(message: "f: gif is available for GIF and animated originals only")
        }
        if format == .svg, source.format != .svg {
            throw .transformation(message: "f: svg is available for SVG originals only")
        }
        if format == .svg, rasterisesSVG {
            throw .transformation(message: "f: svg is not available here: SVG originals are delivered as pictures")
        }
    }

    /// Takes back a free choice that does not fit what the steps have made; throws one that is not free.
    mutating func settle(on image: Image) throws(RenderFailure) {
        let side = max(image.width, image.height)
        if isFree {
            if side > format.longestSide { format = output.switches.contains(.lossless) ? .png : .jpeg }
            if format == .jpeg, image.hasAlpha || side > format.longestSide { format = .png }
        }
        guard side <= format.longestSide else { throw .outputLimit("pixels on a side", maximum: format.longestSide) }
    }

    var encoding: Image.Encoding {
        switch format {
        case .jpeg: .jpeg(quality: output.quality, isProgressive: output.switches.contains(.progressive))
        case .webp: .webp(quality: output.quality, isLossless: output.switches.contains(.lossless))
        case .avif: .avif(quality: output.quality)
        case .gif: .gif
        case .png, .svg, .heic, .tiff: .png
        }
    }
}

extension ImageFormat {
    /// The longest side, in pixels, that the format or its encoder can hold.
    fileprivate var longestSide: Int {
        switch self {
        // WebP container specification: 14 bits.
        case .webp: 16_383
        // libvips' encoder of ISO base media files.
        case .avif, .heic: 16_384
        // JPEG_MAX_DIMENSION of libjpeg.
        case .jpeg: 65_500
        case .png, .gif, .svg, .tiff: OutputLimits.maximumSide
        }
    }
}
