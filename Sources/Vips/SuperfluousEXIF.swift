/// Takes EXIF that nobody asked for out of a file that was just written, in place. A file that is not as expected stays as
/// it is.
package enum SuperfluousEXIF {
    /// The length that is left of a WebP (WebP container specification: RIFF chunks, little-endian, padded to even
    /// lengths).
    package static func dropFromWebP(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        guard bytes.count >= 12, bytes[0..<4].elementsEqual("RIFF".utf8), bytes[8..<12].elementsEqual("WEBP".utf8)
        else {
            return bytes.count
        }
        var chunks: [(name: String, range: Range<Int>)] = []
        var position = 12
        while position + 8 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[position + 4 + $1]) << (8 * $1) }
            let end = position + 8 + length + length % 2
            guard end <= bytes.count else { return bytes.count }
            chunks.append((String(decoding: bytes[position..<position + 4], as: UTF8.self), position..<end))
            position = end
        }
        guard let exif = chunks.first(where: { $0.name == "EXIF" })?.range else { return bytes.count }
        var cuts = [exif]
        if let head = chunks.first, head.name == "VP8X", head.range.count == 18 {
            if chunks.count == 3, chunks[1].name == "VP8 " || chunks[1].name == "VP8L" {
                // The header of the extended format has nothing more to say.
                cuts = [head.range, exif]
            } else {
                bytes[head.range.lowerBound + 8] &= ~exifFlag
            }
        }
        let count = cut(cuts, from: bytes)
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: (count - 8) >> (8 * index)) }
        return count
    }

    /// In the first byte of VP8X.
    private static let exifFlag: UInt8 = 0x08

    /// The length that is left of a JPEG (ITU-T T.81, annex B: marker segments, big-endian).
    ///
    /// - Parameter density: pixels an inch. Where EXIF tells it libvips leaves out the segment that all readers know, so
    ///   it takes the place of EXIF (ITU-T T.871, 10.1).
    package static func dropFromJPEG(_ bytes: UnsafeMutableRawBufferPointer, density: Int? = nil) -> Int {
        var cuts: [Range<Int>] = []
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF, bytes[position + 1] != startOfScan {
            let end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
            guard end <= bytes.count, end >= position + 4 else { return bytes.count }
            if bytes[position + 1] == applicationOne, bytes[position + 4..<end].starts(with: "Exif\0\0".utf8) {
                var kept = position
                if cuts.isEmpty, position == 2, let jfif = density.map(jfif), jfif.count <= end - position {
                    for (index, byte) in jfif.enumerated() { bytes[position + index] = byte }
                    kept += jfif.count
                }
                cuts.append(kept..<end)
            }
            position = end
        }
        return cut(cuts, from: bytes)
    }

    private static let startOfScan: UInt8 = 0xDA
    private static let applicationOne: UInt8 = 0xE1

    /// Marker, length, name, version 1.1, inches, both densities, no thumbnail.
    private static func jfif(_ density: Int) -> [UInt8] {
        let density = [UInt8(truncatingIfNeeded: density >> 8), UInt8(truncatingIfNeeded: density)]
        return [0xFF, 0xE0, 0, 16] + Array("JFIF\0".utf8) + [1, 1, 1] + density + density + [0, 0]
    }

    /// The length that is left of a PNG of which all but one EXIF chunk is
    /// taken: libvips 8.14 writes it before the pixels and after them.
    package static func dropRepeatedFromPNG(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        cut(Array(PNGChunks(UnsafeRawBufferPointer(bytes)).places(of: "eXIf").dropFirst()), from: bytes)
    }

    /// `ranges` in their order.
    private static func cut(_ ranges: [Range<Int>], from bytes: UnsafeMutableRawBufferPointer) -> Int {
        guard var end = ranges.first?.lowerBound, let base = bytes.baseAddress else { return bytes.count }
        for (index, range) in ranges.enumerated() {
            let next = index + 1 < ranges.count ? ranges[index + 1].lowerBound : bytes.count
            let count = next - range.upperBound
            (base + end).copyMemory(from: base + range.upperBound, byteCount: count)
            end += count
        }
        return end
    }
}
