import CVips
import Glibc

/// What an ICC profile (ICC.1:2010) says, as far as it takes to know that following it would change nothing.
///
/// Most photographs carry sRGB under one of a dozen names. Building a transform for it costs more than decoding a small
/// picture, and gives the same pixels.
struct ColourProfile {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Red, green and blue of sRGB in the profile connection space (IEC 61966-2-1, adapted to D50).
    private static let primaries: [(tag: String, xyz: [Double])] = [
        ("rXYZ", [0.4361, 0.2225, 0.0139]), ("gXYZ", [0.3851, 0.7169, 0.0971]), ("bXYZ", [0.1431, 0.0606, 0.7141]),
    ]
    private static let curves = ["rTRC", "gTRC", "bTRC"]
    /// A profile with tables is followed, whatever its primaries say.
    private static let tables = ["A2B0", "A2B1", "D2B0", "D2B1"]
    /// Below what eight bits can show.
    private static let tolerance = 0.0025
    private static let headerLength = 128
    private static let tagLimit = 100

    /// Whether it is sRGB, under whatever name.
    var isSRGB: Bool {
        guard text(at: 16) == "RGB ", text(at: 20) == "XYZ ", Self.tables.allSatisfy({ tag($0) == nil }) else {
            return false
        }
        let hasPrimaries = Self.primaries.allSatisfy { name, expected in
            guard let data = tag(name), let xyz = xyz(in: data) else { return false }
            return zip(xyz, expected).allSatisfy { abs($0 - $1) < Self.tolerance }
        }
        return hasPrimaries && Self.curves.allSatisfy { tag($0).map(isCurveOfSRGB) ?? false }
    }

    /// Whether it describes colours of red, green and blue.
    var isRGB: Bool { text(at: 16) == "RGB " }

    // MARK: Curves

    /// ICC.1:2010 §10.5 (curv) and §10.15 (para).
    private func isCurveOfSRGB(_ data: Range<Int>) -> Bool {
        switch text(at: data.lowerBound) {
        case "curv": isTableOfSRGB(data)
        case "para": isFormulaOfSRGB(data)
        default: false
        }
    }

    private func isTableOfSRGB(_ data: Range<Int>) -> Bool {
        guard let count = number(at: data.lowerBound + 8).map(Int.init), count > 2, data.count >= 12 + 2 * count else {
            return false
        }
        return stride(from: 0, to: count, by: max(1, count / 64)).allSatisfy { index in
            let position = data.lowerBound + 12 + 2 * index
            let value = Double(UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])) / 65_535
            return abs(value - Self.linear(Double(index) / Double(count - 1))) < Self.tolerance
        }
    }

    private func isFormulaOfSRGB(_ data: Range<Int>) -> Bool {
        let expected = [2.4, 0.9479, 0.0521, 0.0774, 0.0405]
        guard data.count >= 12 + 4 * expected.count, bytes[data.lowerBound + 9] == 3 else { return false }
        return expected.enumerated().allSatisfy { index, value in
            fixed(at: data.lowerBound + 12 + 4 * index).map { abs($0 - value) < 0.0005 } ?? false
        }
    }

    /// The transfer function of IEC 61966-2-1.
    private static func linear(_ value: Double) -> Double {
        value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    // MARK: Reading

    private func tag(_ name: String) -> Range<Int>? {
        guard let count = number(at: Self.headerLength), count <= Self.tagLimit else { return nil }
        for index in 0..<Int(count) {
            let entry = Self.headerLength + 4 + 12 * index
            guard let offset = number(at: entry + 4), let length = number(at: entry + 8) else { return nil }
            guard text(at: entry) == name else { continue }
            let (start, end) = (Int(offset), Int(offset) + Int(length))
            return length >= 12 && end <= bytes.count ? start..<end : nil
        }
        return nil
    }

    private func xyz(in data: Range<Int>) -> [Double]? {
        guard text(at: data.lowerBound) == "XYZ ", data.count >= 20 else { return nil }
        return (0..<3).compactMap { fixed(at: data.lowerBound + 8 + 4 * $0) }
    }

    private func number(at position: Int) -> UInt32? {
        guard position >= 0, position + 4 <= bytes.count else { return nil }
        return bytes[position..<position + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// s15Fixed16Number, §4.6.
    private func fixed(at position: Int) -> Double? {
        number(at: position).map { Double(Int32(bitPattern: $0)) / 65_536 }
    }

    private func text(at position: Int) -> String? {
        guard position >= 0, position + 4 <= bytes.count else { return nil }
        return String(decoding: bytes[position..<position + 4], as: UTF8.self)
    }
}

extension Image {
    /// The embedded profile, unless it is too short to be one.
    var colourProfile: ColourProfile? {
        withPointer { image in
            var data: UnsafeRawPointer?
            var length = 0
            guard vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0,
                vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &length) == 0, let data, length > 132
            else { return nil }
            return ColourProfile([UInt8](UnsafeRawBufferPointer(start: data, count: length)))
        }
    }
}
