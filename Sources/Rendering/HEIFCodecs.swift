import PictureHeaders

/// Which decoders libheif would take for a file.
enum HEIFCodecs {
    /// More boxes than this are in no file at its top level.
    private static let mostBoxes = 1_000

    /// Whether an ISO base media file says that it is AVIF, and describes nothing that HEVC has coded: a brand alone is only
    /// a claim. (ISO/IEC 14496-12 §4.2, 14496-15 §8.)
    static func areOnlyAV1(_ bytes: RawSpan) -> Bool {
        guard PictureHeader.Kind(of: bytes) == .avif else { return false }
        return bytes.withUnsafeBytes { bytes in
            var offset = 0
            for _ in 0..<mostBoxes where offset + 8 <= bytes.count {
                guard let box = Box(bytes, at: offset) else { return false }
                if box.isDescription, speaksOfHEVC(UnsafeRawBufferPointer(rebasing: bytes[box.range])) { return false }
                offset = box.range.upperBound
            }
            return offset >= bytes.count
        }
    }

    /// The configuration of an HEVC decoder is named nowhere else in a description.
    private static func speaksOfHEVC(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 4 else { return false }
        return (0...(bytes.count - 4)).contains { bytes[$0] == 0x68 && bytes[$0..<($0 + 4)].elementsEqual("hvcC".utf8) }
    }

    private struct Box {
        let range: Range<Int>
        /// Whether it is not the pictures' own bytes.
        let isDescription: Bool

        init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
            func number(_ start: Int, _ count: Int) -> UInt64 {
                bytes[start..<(start + count)].reduce(0) { $0 << 8 | UInt64($1) }
            }
            let left = bytes.count - offset
            var size = number(offset, 4)
            if size == 1 {
                guard left >= 16 else { return nil }
                size = number(offset + 8, 8)
            }
            // To the end of the file.
            if size == 0 { size = UInt64(left) }
            guard size >= 8 else { return nil }
            // One that is cut short is the loader's business.
            range = offset..<(offset + Int(min(size, UInt64(left))))
            isDescription = !bytes[(offset + 4)..<(offset + 8)].elementsEqual("mdat".utf8)
        }
    }
}
