/// Width and height as a step requests them, in pixels before rounding; nil follows from the other.
struct RequestedSize {
    /// A requested dimension beyond these drops the factor of `dpr` (reference §4.8).
    static let scaledRange = 1.0...5000.0

    private(set) var width: Double?
    private(set) var height: Double?

    /// - Parameters:
    ///   - ratio: width ÷ height as a fraction, to complete the dimension that is missing.
    ///   - factor: what `dpr` multiplies both with, unless that leaves the range of useful sizes.
    init(width: Double?, height: Double?, ratio: (width: Double, height: Double)?, factor: Double) {
        self = Self.complete(width: width.map { $0 * factor }, height: height.map { $0 * factor }, ratio: ratio)
        if factor != 1, ![self.width, self.height].compactMap(\.self).allSatisfy(Self.scaledRange.contains) {
            self = Self.complete(width: width, height: height, ratio: ratio)
        }
    }

    private init(width: Double?, height: Double?) {
        self.width = width
        self.height = height
    }

    private static func complete(
        width: Double?, height: Double?, ratio: (width: Double, height: Double)?
    ) -> RequestedSize {
        switch (width, height, ratio) {
        case (let width?, nil, let ratio?):
            RequestedSize(width: width, height: width * ratio.height / ratio.width)
        case (nil, let height?, let ratio?):
            RequestedSize(width: height * ratio.width / ratio.height, height: height)
        default:
            RequestedSize(width: width, height: height)
        }
    }
}

/// The nearest whole number of pixels, halves up, at least 1 and never beyond what arithmetic on sizes can hold.
func wholePixels(_ value: Double) -> Int {
    let limit = 1e9
    return max(1, Int(min(limit, max(0, value) + 0.5).rounded(.down)))
}
