package import PictureHeaders
import Transformation

/// The sizes that a picture has on its way through the steps of a plan. Where a step cannot be carried out, which the
/// render process finds out as quickly, the walk ends.
struct StepWalk {
    /// What the whole picture is scaled to before anything else; `nil` where it is not.
    let first: Size?
    /// As the last step found it, and as it left it.
    private(set) var before: Size
    private(set) var size: Size

    /// Longer than any picture that can be written; so that no product overflows.
    private static let longestSide = 1 << 31

    private let source: Size
    private let base: Size?
    private let limits: OutputLimits
    private var queue: StageQueue

    /// - Parameters:
    ///   - base: what the picture is laid on, if it is a layer.
    ///   - skippingConditions: as on GIF originals.
    init(
        _ plan: Plan, _ source: Size, on base: Size? = nil, _ limits: RenderJob.Limits,
        skippingConditions: Bool = false
    ) {
        self.source = source
        self.base = base
        self.limits = OutputLimits(pixels: limits.outputPixels)
        (before, size) = (source, source)
        queue = StageQueue(plan, skippingConditions: skippingConditions)
        var ahead = queue
        let step = ahead.next(current: source, source: source)
        let geometry = step?.trim == nil ? Self.geometry(of: step, source, source, base, self.limits) : nil
        first = geometry?.scaled
    }

    mutating func next() -> Step? {
        guard let step = queue.next(current: size, source: source) else { return nil }
        before = size
        if step.resize != nil {
            guard let geometry = Self.geometry(of: step, size, source, base, limits) else { return nil }
            size = geometry.output
        }
        // A corner that stands out at most doubles the area.
        if let rotation = step.rotation, rotation.value.truncatingRemainder(dividingBy: 90) != 0 {
            size = Size(
                width: min(size.width, Self.longestSide) * 3 / 2, height: min(size.height, Self.longestSide) * 4 / 3)
        }
        return step
    }

    private static func geometry(
        of step: Step?, _ size: Size, _ source: Size, _ base: Size?, _ limits: OutputLimits
    ) -> StepGeometry? {
        try? step?.resize?.geometry(current: size, source: source, base: base, limits: limits)
    }
}

extension PictureHeader {
    /// What a drawing counts for whose own size is not read here: a page.
    private static let drawing = Size(width: 1_000, height: 1_000)

    /// What any format can say; so that no product overflows.
    private static let longestSide = 0xFFFF_FFFF

    package var isDrawing: Bool { kind == .svg || kind == .pdf }

    /// A drawing whose own size is not known has that of a page, with so many pixels to an inch.
    func drawn(at density: Density?) -> PictureHeader {
        guard isDrawing, width == 0 || height == 0 else { return self }
        let pixels = density.flatMap { try? $0.value(source: Self.drawing, density: Density.standard) }
        let scale = pixels.map { Double($0) / Density.standard } ?? 1
        return PictureHeader(
            kind, width: Int(Double(Self.drawing.width) * scale), height: Int(Double(Self.drawing.height) * scale))
    }

    /// Upright.
    var shownSize: Size {
        guard !isDrawing || width > 0 && height > 0 else { return Self.drawing }
        let (across, down) = (min(width, Self.longestSide), min(height, Self.longestSide))
        return orientationSwapsSides ? Size(width: down, height: across) : Size(width: across, height: down)
    }

    /// How much smaller than `size` the decoder can give it where it is scaled to `target` next (`Rendering/Decoder`).
    func decodedShare(of size: Size, towards target: Size?) -> Double {
        guard let target else { return 1 }
        let factor = max(Double(target.width) / Double(size.width), Double(target.height) / Double(size.height))
        switch kind {
        case .jpeg: return [8, 4, 2].first { factor * $0 <= 1 }.map { 1 / $0 } ?? 1
        case .webp where frames == 1 && factor <= 0.25: return factor * 2
        case .svg, .pdf: return factor
        default: return 1
        }
    }
}
