#if canImport(Glibc)
    import Glibc
#endif

/// One axis of a picture that is made smaller, by Lanczos' kernel of three lobes: which pixels of the decoded picture are seen
/// through each pixel of the variant, and how much of each.
struct ResamplingAxis {
    /// Weights of each pixel of the variant.
    let taps: Int
    /// The first pixel that has a weight, for each of the variant.
    private(set) var firsts: [Int] = []
    /// `taps` of each, which make 1 together.
    private(set) var weights: [Float] = []

    private static let lobes = 3.0

    /// - Parameters:
    ///   - extent: pixels that are picture, at most `decoded`.
    ///   - start: where the picture begins among the decoded pixels.
    ///   - wanted: pixels of the variant.
    init(extent: Double, from start: Double, decoded: Int, wanted: Int) {
        let factor = extent / Double(wanted)
        let stretch = max(1, factor)
        let support = Self.lobes * stretch
        taps = min(decoded, Int((2 * support).rounded(.up)) + 1)
        firsts.reserveCapacity(wanted)
        weights.reserveCapacity(wanted * taps)
        for place in 0..<wanted {
            let centre = start + (Double(place) + 0.5) * factor
            let lowest = Int((centre - support).rounded(.down))
            let first = max(0, min(decoded - taps, lowest))
            var found = [Double](repeating: 0, count: taps)
            for index in lowest...lowest + Int((2 * support).rounded(.up)) {
                // What is beyond the edge looks like the edge.
                let inside = max(0, min(decoded - 1, index))
                found[max(0, min(taps - 1, inside - first))] += Self.kernel((Double(index) + 0.5 - centre) / stretch)
            }
            let sum = found.reduce(0, +)
            firsts.append(first)
            weights += found.map { Float($0 / sum) }
        }
    }

    private static func kernel(_ x: Double) -> Double {
        guard x.magnitude < lobes else { return 0 }
        guard x.magnitude > 1e-9 else { return 1 }
        let angle = .pi * x
        return lobes * sin(angle) * sin(angle / lobes) / (angle * angle)
    }
}

/// Makes rows of 8-bit pixels smaller. libvips' own resampling takes all of a picture for picture: see `Extent`.
struct Resampler {
    let across: ResamplingAxis
    let down: ResamplingAxis
    /// 1 to 4.
    let bands: Int

    /// Row `place` of the variant.
    ///
    /// - Parameters:
    ///   - rows: all decoded pixels.
    ///   - length: of a decoded row, in bytes.
    ///   - mixed: room for `length + 4` numbers.
    func write(
        _ place: Int, of rows: UnsafePointer<UInt8>, length: Int, mixing mixed: UnsafeMutablePointer<Float>,
        to row: UnsafeMutablePointer<UInt8>
    ) {
        mixed.update(repeating: 0, count: length)
        for tap in 0..<down.taps {
            let weight = down.weights[place * down.taps + tap]
            let source = rows + (down.firsts[place] + tap) * length
            for index in 0..<length { mixed[index] += weight * Float(source[index]) }
        }
        let raw = UnsafeRawPointer(mixed)
        across.weights.withUnsafeBufferPointer { weights in
            for x in across.firsts.indices {
                var sum = SIMD4<Float>(repeating: 0.5)
                var offset = across.firsts[x] * bands * MemoryLayout<Float>.stride
                for tap in 0..<across.taps {
                    // Of fewer than four bands the rest belongs to the next pixel, and is not looked at.
                    sum +=
                        weights[x * across.taps + tap]
                        * raw.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self)
                    offset += bands * MemoryLayout<Float>.stride
                }
                let values = sum.clamped(lowerBound: .zero, upperBound: .init(repeating: 255))
                // One by one: converting all four at once goes through generic code, ten times as slow.
                for band in 0..<bands { row[x * bands + band] = UInt8(values[band]) }
            }
        }
    }
}
