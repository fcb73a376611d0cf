/// Compressed text of a PNG (PNG specification, 11.3.3: zTXt, and iTXt where its flag says so). libpng unfolds all of it
/// before the first pixel, a thousand pieces of 8 MB each at most, and libvips copies that for each picture that it opens:
/// a file of 4 MB, of 100 x 100 pixels, so takes gigabytes.
package enum PNGText {
    /// Bytes of the file; deflate makes a thousand times as much of them at most. What cameras and editors write is less, or
    /// not compressed (XMP, part 3, 1.1.5).
    private static let most = 16_384
    /// Of a keyword (11.3.3.1).
    private static let longestKeyword = 79

    /// The file without its compressed text where there is more of it than is read; `nil`: nothing is wrong with it, or it is
    /// no PNG.
    package static func removed(from bytes: RawSpan) -> [UInt8]? {
        bytes.withUnsafeBytes { bytes in
            guard bytes.starts(with: signature) else { return nil }
            let chunks = PNGChunks(bytes)
            let international = chunks.places(of: "iTXt").filter { isCompressed(bytes[$0]) }
            let places = (chunks.places(of: "zTXt") + international).sorted { $0.lowerBound < $1.lowerBound }
            guard places.reduce(0, { $0 + $1.count }) > most else { return nil }
            var kept: [UInt8] = []
            kept.reserveCapacity(bytes.count)
            var position = 0
            for place in places {
                kept += bytes[position..<place.lowerBound]
                position = place.upperBound
            }
            kept += bytes[position...]
            return kept
        }
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Length and name of the chunk, keyword, 0, flag.
    private static func isCompressed(_ chunk: Slice<UnsafeRawBufferPointer>) -> Bool {
        let body = chunk.dropFirst(8).dropLast(4)
        guard let end = body.prefix(longestKeyword + 1).firstIndex(of: 0), end + 1 < body.endIndex else { return true }
        return body[end + 1] != 0
    }
}
