import PictureHeaders
import Transformation

/// Walks through a plan as the render process will, with sizes instead of pixels.
struct RenderEstimate {
    private let plan: Plan
    private let original: RenderCost.Part
    let inputs: [String: RenderCost.Part]
    let limits: RenderJob.Limits
    private let rasterisesSVG: Bool

    var milliseconds = RenderRates.start
    private var bytes = RenderRates.startBytes
    /// What a drawing may take above its pixels: one is drawn after the other.
    var drawingBytes = 0.0
    private var channels = 3.0
    private var isGuessed = false

    init(
        _ plan: Plan, _ original: RenderCost.Part, _ inputs: [String: RenderCost.Part], _ limits: RenderJob.Limits,
        rasterisesSVG: Bool
    ) {
        self.plan = plan
        self.original = original
        self.inputs = inputs
        self.limits = limits
        self.rasterisesSVG = rasterisesSVG
        // The render process maps all that it gets.
        bytes += Double(original.count) + inputs.values.reduce(0) { $0 + Double($1.count) }
    }

    mutating func cost() -> RenderCost {
        let header = header(of: original, page: plan.page).drawn(at: plan.output.density)
        let format = EstimatedFormat(plan.output, header, rasterisesSVG: rasterisesSVG)
        // Cleaned, which takes no pixels; unless conditions ask for its size, so that it is opened.
        guard format.format != .svg else {
            return RenderCost(
                bytes: bytes + 20 * Double(original.count), seconds: megabytes * 0.2 + 0.003, isAnimated: false,
                drawingBytes: plan.keepsDrawing ? 0 : RenderRates.drawingBytes(of: header), isGuessed: isGuessed)
        }
        channels = Double(max(3, header.channels))
        let allFrames = header.frames > 1 && plan.page == nil && (format.format == .gif || format.format == .webp)
        let frames = allFrames ? Double(min(header.frames, limits.frames)) : Double(plan.page ?? 1)
        let kept = allFrames ? frames : 1

        var walk = StepWalk(plan, header.shownSize, limits, skippingConditions: header.kind == .gif)
        decode(header, towards: walk.first, frames: frames, isWhole: allFrames)
        let output = run(&walk, kept)
        encode(format, header, megapixels: output * kept / 1e6, frames: kept)
        return RenderCost(
            bytes: bytes, seconds: milliseconds / 1000, isAnimated: allFrames, drawingBytes: drawingBytes,
            isGuessed: isGuessed)
    }

    private var megabytes: Double { Double(original.count) / 1e6 }

    mutating func header(of part: RenderCost.Part, page: Int?) -> PictureHeader {
        guard let header = part.header else { return guessed() }
        // It is the first page's; another may be of any size. And there may be any number of channels.
        if header.kind == .tiff, page ?? 1 > 1 || header.channels > 4 { isGuessed = true }
        return header
    }

    /// Neither kind nor size are known, which the decoder may know nevertheless.
    private mutating func guessed() -> PictureHeader {
        isGuessed = true
        milliseconds += RenderRates.unknown.milliseconds
        bytes += RenderRates.unknown.bytes
        return PictureHeader(.png, width: 1_000, height: 1_000)
    }

    // MARK: Decode

    /// - Parameters:
    ///   - target: what the whole picture is scaled to first.
    ///   - isWhole: whether all frames are in memory together.
    private mutating func decode(_ header: PictureHeader, towards target: Size?, frames: Double, isWhole: Bool) {
        let size = header.shownSize
        var factor = header.decodedShare(of: size, towards: target)
        // A drawing is never made larger than an original may be.
        let most = Double(limits.sourcePixels) / Double(max(1, size.pixels))
        if header.isDrawing { factor = min(factor, most.squareRoot()) }
        let (source, decoded) = (Double(size.pixels), Double(size.pixels) * factor * factor)
        let rates = RenderRates.decoding(of: header)
        milliseconds += frames * (rates.source * source + rates.decoded * decoded) / 1e6
        milliseconds += rates.bytes * Double(original.count) / 1e6
        let held = RenderRates.heldBytes(by: header)
        bytes += held.source * source + held.decoded * decoded
        drawingBytes = max(drawingBytes, RenderRates.drawingBytes(of: header))
        // Turning reads columns.
        if header.orientation > 1 || isWhole {
            bytes += decoded * Double(header.channels * header.bytesPerChannel) * (isWhole ? frames : 1)
        } else {
            let lines = min(Double(RenderRates.heldLines), Double(size.height) * factor)
            bytes += Double(size.width) * factor * lines * RenderRates.lineBytes(channels: header.channels)
        }
        scale(decoded * frames, to: 0)
    }

    mutating func scale(_ input: Double, to output: Double) {
        milliseconds += (RenderRates.scaling.input * input + RenderRates.scaling.output * output) / 1e6 * channels / 3
    }

    // MARK: Steps

    /// - Returns: pixels of a frame of the variant.
    private mutating func run(_ walk: inout StepWalk, _ frames: Double) -> Double {
        var largest = 0.0
        var laid = 0.0
        var isFirst = true
        while let step = walk.next() {
            let pixels = Double(walk.size.pixels)
            scale(isFirst ? 0 : Double(walk.before.pixels) * frames, to: pixels * frames)
            isFirst = false
            milliseconds += step.millisecondsPerMegapixel * pixels * frames / 1e6
            // Some effects need more than lines of the picture.
            bytes += pixels * channels * step.heldCopies
            if step.trim != nil { bytes += trim(Double(walk.before.pixels), frames) * channels }
            if step.makesTransparent { channels = 4 }
            laid = max(laid, lay(step.layers, on: walk.size, frames))
            largest = max(largest, pixels)
        }
        let last = Double(walk.size.pixels)
        bytes += max(largest, last) * channels * RenderRates.wholeBytes * frames + laid
        return last
    }

    /// - Returns: pixels that are in memory for it.
    mutating func trim(_ pixels: Double, _ frames: Double) -> Double {
        milliseconds += RenderStepRates.trimming * pixels * frames / 1e6
        return pixels
    }

    // MARK: Encode

    private mutating func encode(
        _ format: EstimatedFormat, _ header: PictureHeader, megapixels: Double, frames: Double
    ) {
        let rates = RenderRates.encoding(
            as: format.format, of: header, isLossless: plan.output.switches.contains(.lossless))
        let pipelines = frames > 1 ? frames * RenderRates.frame : 0
        milliseconds += rates.start * frames + rates.megapixel * megapixels + pipelines
        bytes += rates.bytes * megapixels * 1e6 + rates.startBytes
    }
}
