import Memory
import RenderJobs
import Transformation
import Typesetting
import Vips

/// Draws a text on its box (reference §9.5).
struct TextPainter {
    let inputs: JobInputs
    let limits: RenderJob.Limits
    let limit: TimeLimit

    func draw(_ block: TextBlock, on base: Size) throws(RenderFailure) -> Image {
        let measures = try planned { () throws(TransformationError) in
            try block.measures(in: ExpressionContext(source: base, current: base, base: base))
        }
        let text = try bitmap(of: block, measures)
        let padding = measures.padding
        let box = Size(
            width: text.width + padding.left + padding.right, height: text.height + padding.top + padding.bottom)
        guard max(box.width, box.height) <= TextLimits().side else {
            throw .outputLimit("pixels on a side of a text", maximum: TextLimits().side)
        }
        guard box.pixels <= limits.outputPixels else {
            throw .outputLimit("pixels of a text", maximum: limits.outputPixels)
        }
        do throws(VipsError) {
            let nothing = Pixel(red: 0, green: 0, blue: 0, alpha: 0)
            let picture = try Image.colours(text.pixels, width: text.width, height: text.height, limit: limit)
                .embedded(left: padding.left, top: padding.top, width: box.width, height: box.height, on: nothing)
            guard let background = block.background else { return picture }
            return try picture.composited(on: background.pixel)
        } catch {
            throw limit.hasPassed ? .outOfTime : .internalFailure(log: "\(error)")
        }
    }

    private func bitmap(of block: TextBlock, _ measures: TextMeasures) throws(RenderFailure) -> TextBitmap {
        let setting = TextSetting(block, measures)
        let textLimits = TextLimits(pixels: limits.outputPixels)
        switch block.font {
        case .installed(let name):
            do throws(TypesettingError) {
                return try Typesetter.draw(setting, family: name ?? BuiltInFont.defaultFamily, limits: textLimits)
            } catch {
                throw RenderFailure(error)
            }
        case .file(let input):
            guard let file = inputs[input.name] else { throw .internalFailure(log: "no input \(input.name)") }
            return try file.withBytes { (bytes) throws(RenderFailure) in
                do throws(TypesettingError) {
                    return try Typesetter.draw(setting, fontFile: bytes, limits: textLimits)
                } catch {
                    throw error.blamesFont ? .input(input.name, RenderFailure(error)) : RenderFailure(error)
                }
            }
        }
    }
}

extension TextSetting {
    fileprivate init(_ block: TextBlock, _ measures: TextMeasures) {
        self.init(block.text, size: measures.size)
        isBold = block.isBold
        isItalic = block.isItalic
        hasStrikethrough = block.isStruckThrough
        let colour = block.colour
        let alpha = (Double(colour.opacity) * 255 / 100).rounded()
        self.colour = Colour(red: colour.red, green: colour.green, blue: colour.blue, alpha: UInt8(alpha))
        alignment =
            switch block.alignment {
            case .left: .left
            case .center: .center
            case .right: .right
            }
        lineWidth = measures.width
        lineHeight = measures.lineHeight
    }
}

extension TypesettingError {
    /// Whether it is the font file that is at fault.
    fileprivate var blamesFont: Bool {
        switch self {
        case .unknownFontFormat, .fontTooLong, .damagedFont: true
        default: false
        }
    }
}

extension RenderFailure {
    fileprivate init(_ error: TypesettingError) {
        switch error {
        case .tooWide(_, let maximum), .tooHigh(_, let maximum):
            self = .outputLimit("pixels on a side of a text", maximum: maximum)
        case .tooManyPixels(_, let maximum): self = .outputLimit("pixels of a text", maximum: maximum)
        case .textTooLong(_, let maximum): self = .outputLimit("bytes of a text", maximum: maximum)
        case .fontTooLong(_, let maximum): self = .sourceLimit("bytes", maximum: maximum)
        case .unknownFontFormat: self = .transformation(message: "\(error)")
        case .damagedFont: self = .damaged(log: "\(error)")
        case .lineWidth: self = .outputLimit("pixels on a side of a text", maximum: TextLimits().side)
        case .size, .lineHeight, .tooMuchText: self = .transformation(message: "layer l-text: \(error)")
        case .noFonts, .failed: self = .internalFailure(log: "\(error)")
        }
    }
}
