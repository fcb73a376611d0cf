import PictureHeaders
import Transformation

/// Walks through a plan as the render process will, with sizes instead of pixels.
struct RenderEstimate {
    private let plan: Plan
    private let original: RenderCost.Part
    private let inputs: [String: RenderCost.Part]
    private let limits: RenderJob.Limits
    private let rasterisesSVG: Bool

    private var milliseconds = RenderRates.start
    private var bytes = RenderRates.startBytes
    private var channels = 3.0

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
        // Whatever it is, it has to be looked at; nobody knows more.
        guard let header = original.header else { return unknown }
        let format = EstimatedFormat(plan.output, header, rasterisesSVG: rasterisesSVG)
        // Cleaned, which takes no pixels.
        guard format.format != .svg else {
            return RenderCost(
                bytes: bytes + 20 * Double(original.count), seconds: megabytes * 0.2 + 0.003, isAnimated: false)
        }
        channels = Double(max(3, header.channels))
        let allFrames = header.frames > 1 && plan.page == nil && (format.format == .gif || format.format == .webp)
        let frames = allFrames ? Double(min(header.frames, limits.frames)) : Double(plan.page ?? 1)
        let kept = allFrames ? frames : 1

        var walk = StepWalk(plan, header.shownSize, limits)
        decode(header, towards: walk.first, frames: frames, isWhole: allFrames)
        let output = run(&walk, kept)
        encode(format, header, megapixels: output * kept / 1e6, frames: kept)
        return RenderCost(bytes: bytes, seconds: milliseconds / 1000, isAnimated: allFrames)
    }

    private var megabytes: Double { Double(original.count) / 1e6 }

    /// Neither kind nor size are known: the middle of what it may be.
    private var unknown: RenderCost { RenderCost(bytes: bytes + 32e6, seconds: 0.1, isAnimated: false) }

    // MARK: Decode

    /// - Parameters:
    ///   - target: what the whole picture is scaled to first.
    ///   - isWhole: whether all frames are in memory together.
    private mutating func decode(_ header: PictureHeader, towards target: Size?, frames: Double, isWhole: Bool) {
        let size = header.shownSize
        let factor = header.decodedShare(of: size, towards: target)
        let (source, decoded) = (Double(size.pixels), Double(size.pixels) * factor * factor)
        let rates = RenderRates.decoding(of: header)
        milliseconds += frames * (rates.source * source + rates.decoded * decoded) / 1e6
        milliseconds += rates.bytes * Double(original.count) / 1e6
        let held = RenderRates.heldBytes(by: header)
        bytes += held.source * source + held.decoded * decoded
        // Turning reads columns.
        if header.orientation > 1 || isWhole {
            bytes += decoded * Double(header.channels) * (isWhole ? frames : 1)
        } else {
            let lines = min(Double(RenderRates.heldLines), Double(size.height) * factor)
            bytes += Double(size.width) * factor * lines * RenderRates.lineBytes(channels: header.channels)
        }
        scale(decoded * frames, to: 0)
    }

    private mutating func scale(_ input: Double, to output: Double) {
        milliseconds += (RenderRates.scaling.input * input + RenderRates.scaling.output * output) / 1e6 * channels / 3
    }

    // MARK: Steps

    /// - Returns: pixels of a frame of the variant.
    private mutating func run(_ walk: inout StepWalk, _ frames: Double) -> Double {
        var largest = 0.0
        var isFirst = true
        while let step = walk.next() {
            let pixels = Double(walk.size.pixels)
            scale(isFirst ? 0 : Double(walk.before.pixels) * frames, to: pixels * frames)
            isFirst = false
            milliseconds += step.millisecondsPerMegapixel * pixels * frames / 1e6
            // Some effects need more than lines of the picture.
            bytes += pixels * channels * step.heldCopies
            if step.makesTransparent { channels = 4 }
            for layer in step.layers { lay(layer, on: walk.size, frames) }
            largest = max(largest, pixels)
        }
        let last = Double(walk.size.pixels)
        bytes += max(largest, last) * channels * RenderRates.wholeBytes * frames
        return last
    }

    /// A layer is decoded, made small and laid down; of a chain of its own the sizes are those of what it lies on.
    private mutating func lay(_ layer: Layer, on base: Size, _ frames: Double) {
        let pixels = Double(base.pixels)
        milliseconds += RenderRates.start + RenderStepRates.laying * pixels * frames / 1e6
        bytes += pixels * 8
        if let input = layer.content.input, let part = inputs[input.name], let header = part.header {
            let size = header.isDrawing ? base : header.shownSize
            let rates = RenderRates.decoding(of: header)
            let held = RenderRates.heldBytes(by: header)
            let area = Double(size.pixels)
            milliseconds += (rates.source + rates.decoded + RenderRates.scaling.input) * area / 1e6
            milliseconds += rates.bytes * Double(part.count) / 1e6
            bytes += (held.source + held.decoded + RenderRates.wholeBytes * Double(header.channels)) * area
        }
        for case .step(let step) in layer.stages {
            milliseconds += step.millisecondsPerMegapixel * pixels / 1e6
            for inner in step.layers { lay(inner, on: base, 1) }
        }
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
