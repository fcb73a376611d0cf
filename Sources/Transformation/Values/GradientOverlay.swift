#if canImport(Glibc)
    internal import func Glibc.cos
    internal import func Glibc.sin
#endif

/// `e-gradient`: a gradient of two colours over the picture (reference §6.6).
package struct GradientOverlay: Hashable, Sendable {
    /// Where the second colour is reached.
    package enum Stop: Hashable, Sendable {
        /// The end of the gradient's line.
        case end
        /// A part of the line, above 0 and below 1.
        case fraction(Number)
        /// Whole pixels along the line, above 1.
        case pixels(Int)
        /// Read as the three above, by its value.
        case expression(Expression)

        var expression: Expression? {
            if case .expression(let expression) = self { expression } else { nil }
        }
    }

    /// Degrees clockwise in which the gradient runs, 0 towards the top; 0 ..< 360.
    package let direction: Number
    package let from: Colour
    package let to: Colour
    package let stop: Stop

    private static let standard = (
        direction: Number(180), from: Colour(red: 255, green: 255, blue: 255),
        to: Colour(red: 0, green: 0, blue: 0, opacity: 0)
    )
    private static let words: [String: Int] = [
        "top": 0, "top_right": 45, "right": 90, "bottom_right": 135, "bottom": 180, "bottom_left": 225, "left": 270,
        "top_left": 315, "topleft": 315,
    ]

    /// `ld-DIRECTION_from-COLOUR_to-COLOUR_sp-STOP`, each of which may be left out.
    init?(_ text: String?) {
        let standard = Self.standard
        guard let arguments = EffectArguments(text, names: ["ld", "from", "to", "sp"]),
            let direction = arguments.value("ld", or: standard.direction, Self.readDirection),
            let from = arguments.value("from", or: standard.from, { Colour($0) }),
            let to = arguments.value("to", or: standard.to, { Colour($0) }),
            let stop = arguments.value("sp", or: .end, { Stop($0) })
        else { return nil }
        self.direction = direction
        self.from = from
        self.to = to
        self.stop = stop
    }

    private static func readDirection(_ text: Substring.UTF8View) -> Number? {
        if let degrees = words[String(Substring(text))] { return Number(degrees) }
        guard let degrees = Number(unsigned: text), degrees < Number(360) else { return nil }
        return degrees
    }

    /// Whether nothing of it can be seen.
    var isNothing: Bool { from.opacity == 0 && to.opacity == 0 }

    package var canonical: String {
        var items: [String] = []
        if direction != Self.standard.direction { items.append("ld-" + direction.canonical) }
        if from != Self.standard.from { items.append("from-" + from.canonical) }
        if to != Self.standard.to { items.append("to-" + to.canonical) }
        if stop != .end { items.append("sp-" + stop.canonical) }
        return items.joined(separator: "_")
    }
}

extension GradientOverlay.Stop {
    fileprivate init?(_ text: Substring.UTF8View) {
        guard let expression = Expression(text) else { return nil }
        guard let number = expression.number else {
            self = .expression(expression)
            return
        }
        if number < Number(1) {
            // A hundredth is the shortest part (reference §6.6).
            guard number.value >= 0.01 else { return nil }
            self = .fraction(number)
            return
        }
        let pixels = wholePixels(number.value)
        guard pixels <= OutputLimits.maximumSide else { return nil }
        self = pixels == 1 ? .end : .pixels(pixels)
    }

    fileprivate var canonical: String {
        switch self {
        case .end: "1"
        case .fraction(let fraction): fraction.canonical
        case .pixels(let pixels): String(pixels)
        case .expression(let expression): expression.canonical
        }
    }
}

extension GradientOverlay {
    /// How far along its line a gradient is at a point: 0 at its beginning, 1 at its stop.
    package struct Line: Hashable, Sendable {
        /// Change for each pixel to the right and down.
        package let right: Double
        package let down: Double
        /// At the centre of the top-left pixel.
        package let start: Double
    }

    /// The line through the middle of a picture, as long as the projections of its sides (CSS Images 3, §3.1).
    package func line(on size: Size, in context: ExpressionContext) throws(TransformationError) -> Line {
        let angle = direction.value * .pi / 180
        let (right, down) = (sin(angle), -cos(angle))
        let (width, height) = (Double(size.width), Double(size.height))
        let whole = (width * right).magnitude + (height * down).magnitude
        let length: Double
        switch stop {
        case .end: length = whole
        case .fraction(let fraction): length = whole * fraction.value
        case .pixels(let pixels): length = Double(pixels)
        case .expression(let expression):
            guard let value = expression.value(in: context), value > 0 else {
                throw .undefinedExpression(parameter: "e-gradient", value: expression.canonical)
            }
            length = value <= 1 ? whole * value : value
        }
        let start = whole / 2 + (0.5 - width / 2) * right + (0.5 - height / 2) * down
        return Line(right: right / length, down: down / length, start: start / length)
    }
}
