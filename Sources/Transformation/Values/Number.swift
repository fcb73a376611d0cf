/// A decimal number of the URL language, kept exactly to the sixth decimal.
///
/// Fixed point, so that `300`, `300.0` and `300.00` are one value with one spelling and no float noise
/// reaches a cache key. Exponents, hexadecimal and digits outside ASCII are not numbers (reference §2).
package struct Number: Hashable, Comparable, Sendable {
    static let unitsPerOne: Int64 = 1_000_000

    /// Numbers beyond this saturate here; every range that a parameter allows ends far below.
    static let maximumWhole: Int64 = 1_000_000_000_000

    /// The value in millionths.
    let units: Int64

    private init(units: Int64) {
        self.units = units
    }

    /// A whole number, saturated at the largest number there is.
    package init(_ whole: Int) {
        let limit = Self.maximumWhole
        units = max(-limit, min(limit, Int64(clamping: whole))) * Self.unitsPerOne
    }

    /// The nearest number; nil for what is not finite or too large.
    package init?(rounding value: Double) {
        guard value.isFinite, value.magnitude <= Double(Self.maximumWhole) else { return nil }
        units = Int64((value * Double(Self.unitsPerOne)).rounded())
    }

    /// Digits with an optional fraction. Decimals after the sixth are dropped.
    init?(unsigned text: Substring.UTF8View) {
        var whole: Int64 = 0
        var fraction: Int64 = 0
        var fractionUnit = Self.unitsPerOne
        var digits = 0
        var seenPoint = false
        for byte in text {
            if byte == UInt8(ascii: "."), !seenPoint, digits > 0 {
                seenPoint = true
                digits = 0
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let digit = Int64(byte &- UInt8(ascii: "0"))
            digits += 1
            if seenPoint {
                fractionUnit /= 10
                fraction += digit * fractionUnit
            } else if whole <= Self.maximumWhole {
                whole = whole * 10 + digit
            }
        }
        guard digits > 0 else { return nil }
        let isTooLarge = whole >= Self.maximumWhole
        self.init(units: isTooLarge ? Self.maximumWhole * Self.unitsPerOne : whole * Self.unitsPerOne + fraction)
    }

    /// As `init(unsigned:)`, with `N` or `-` in front for a negative number.
    init?(signed text: Substring.UTF8View) {
        guard let first = text.first else { return nil }
        guard first == UInt8(ascii: "N") || first == UInt8(ascii: "-") else {
            self.init(unsigned: text)
            return
        }
        guard let positive = Number(unsigned: text.dropFirst()) else { return nil }
        self.init(units: -positive.units)
    }

    package var value: Double { Double(units) / Double(Self.unitsPerOne) }

    /// The number as an integer if it has no fraction.
    package var whole: Int? {
        units % Self.unitsPerOne == 0 ? Int(units / Self.unitsPerOne) : nil
    }

    /// The remainder in `0 ..< divisor`, for angles; `divisor` must be positive.
    func modulo(_ divisor: Int64) -> Number {
        let modulus = divisor * Self.unitsPerOne
        let remainder = units % modulus
        return Number(units: remainder < 0 ? remainder + modulus : remainder)
    }

    /// The shortest spelling: no trailing zeros, `N` for minus.
    package var canonical: String {
        let magnitude = units.magnitude
        let scale = Self.unitsPerOne.magnitude
        var text = units < 0 ? "N" : ""
        text += String(magnitude / scale)
        var fraction = magnitude % scale
        guard fraction > 0 else { return text }
        var digits = 6
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        let written = String(fraction)
        return text + "." + String(repeating: "0", count: digits - written.utf8.count) + written
    }

    package static func < (left: Number, right: Number) -> Bool { left.units < right.units }
}

/// Of numbers that are not negative and not both 0.
func greatestCommonDivisor(_ first: Int64, _ second: Int64) -> Int64 {
    var (larger, smaller) = (first, second)
    while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
    return larger
}
