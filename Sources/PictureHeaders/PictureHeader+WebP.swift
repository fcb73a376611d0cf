/// WebP container specification, RFC 9649; RFC 6386 §9.1 for lossy frames.
extension PictureHeader {
    private static let maximumFrames = 10_000
    private static let maximumChunks = 20_000

    static func webp(_ bytes: borrowing HeaderBytes) -> PictureHeader? {
        var header = PictureHeader(.webp)
        if bytes.has("VP8 ", at: 12) {
            guard bytes.has([0x9D, 0x01, 0x2A], at: 23), let width = bytes.little(2, at: 26),
                let height = bytes.little(2, at: 28)
            else { return nil }
            (header.width, header.height) = (width & 0x3FFF, height & 0x3FFF)
        } else if bytes.has("VP8L", at: 12) {
            guard bytes.byte(at: 20) == 0x2F, let bits = bytes.little(4, at: 21) else { return nil }
            (header.width, header.height) = (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
            (header.channels, header.isLossless) = (4, true)
        } else if bytes.has("VP8X", at: 12) {
            guard let flags = bytes.byte(at: 20), let width = bytes.little(3, at: 24),
                let height = bytes.little(3, at: 27)
            else { return nil }
            (header.width, header.height) = (width + 1, height + 1)
            header.channels = flags & 0x10 == 0 ? 3 : 4
            if flags & 0x02 != 0 { header.channels = 4 }
            (header.frames, header.isLossless) = chunks(bytes, isAnimated: flags & 0x02 != 0)
        } else {
            return nil
        }
        return header.ifSized()
    }

    private static func chunks(_ bytes: borrowing HeaderBytes, isAnimated: Bool) -> (frames: Int, isLossless: Bool) {
        var (place, frames) = (12, 0)
        for _ in 0..<maximumChunks {
            guard frames < maximumFrames, let length = bytes.little(4, at: place + 4) else { break }
            if isAnimated, bytes.has("ANMF", at: place) { frames += 1 }
            if !isAnimated, bytes.has("VP8 ", at: place) { return (1, false) }
            if !isAnimated, bytes.has("VP8L", at: place) { return (1, true) }
            place += 8 + length + length % 2
        }
        return (max(1, frames), false)
    }
}
