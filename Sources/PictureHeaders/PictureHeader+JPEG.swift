/// ITU-T T.81: markers until the first scan.
extension PictureHeader {
    /// Segments before the first scan; files have a dozen, and some hundreds where profiles are cut into pieces.
    private static let maximumSegments = 2_000
    /// Bytes between segments that belong to none: decoders pass over them.
    private static let maximumStrayBytes = 1_000_000
    private static let startOfScan: UInt8 = 0xDA
    private static let endOfImage: UInt8 = 0xD9
    private static let exifMarker: UInt8 = 0xE1

    static func jpeg(_ bytes: borrowing HeaderBytes) -> PictureHeader? {
        var header = PictureHeader(.jpeg)
        var components: Int?
        var place = 2
        var strayBytes = maximumStrayBytes
        for _ in 0..<maximumSegments {
            guard let found = bytes.marker(from: place, passing: &strayBytes), let marker = bytes.byte(at: found + 1)
            else { return nil }
            place = found
            if marker == endOfImage { return nil }
            // Those without a segment have no length.
            if marker == 0x01 || (0xD0...0xD8).contains(marker) {
                place += 2
                continue
            }
            guard let stated = bytes.big(2, at: place + 2) else { return nil }
            let length = max(2, stated)
            let content = place + 4
            if isFrame(marker) {
                guard let frame = bytes.frame(at: content) else { return nil }
                (header.width, header.height) = (frame.width, frame.height)
                header.bitsPerChannel = frame.bits > 8 ? 16 : 8
                header.channels = min(4, max(1, frame.components))
                header.samplesPerPixel = bytes.samples(
                    of: frame.components, at: content + 6, to: place + 2 + length)
                header.isHeldWhole = [0xC2, 0xC6, 0xCA, 0xCE].contains(marker)
                components = frame.components
            } else if marker == exifMarker, bytes.has("Exif\0\0", at: content) {
                header.orientation = bytes.exifOrientation(from: content + 6, to: place + 2 + length) ?? 1
            } else if marker == startOfScan {
                // A scan of some components alone: the others come in later ones.
                if let components, let here = bytes.byte(at: content), Int(here) < components {
                    header.isHeldWhole = true
                }
                return header.ifSized()
            }
            place += 2 + length
        }
        return header.ifSized()
    }

    /// SOF0 to SOF15, without the three of that range that mean something else.
    private static func isFrame(_ marker: UInt8) -> Bool {
        (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
    }
}

extension HeaderBytes {
    /// Where the next marker begins, with its last 0xFF: fill bytes, stuffed ones and stray ones stand before it.
    fileprivate func marker(from start: Int, passing strayBytes: inout Int) -> Int? {
        var place = start
        while strayBytes > 0, let first = byte(at: place), let second = byte(at: place + 1) {
            if first == 0xFF, second != 0xFF, second != 0 { return place }
            place += 1
            strayBytes -= 1
        }
        return nil
    }

    /// By the sampling factors of each component, which are 1 to 4 (T.81 B.2.2); `nil` where they are not.
    fileprivate func samples(of components: Int, at place: Int, to end: Int) -> Double? {
        guard (2...4).contains(components), place + 3 * components <= end else { return nil }
        let factors = (0..<components).compactMap { byte(at: place + 3 * $0 + 1) }
        let (across, down) = (factors.map { Int($0 >> 4) }, factors.map { Int($0 & 15) })
        guard factors.count == components, (across + down).allSatisfy({ (1...4).contains($0) }),
            let widest = across.max(), let highest = down.max()
        else { return nil }
        return Double(zip(across, down).reduce(0) { $0 + $1.0 * $1.1 }) / Double(widest * highest)
    }

    fileprivate func frame(at place: Int) -> (width: Int, height: Int, bits: Int, components: Int)? {
        guard let bits = byte(at: place), let height = big(2, at: place + 1), let width = big(2, at: place + 3),
            let components = byte(at: place + 5)
        else { return nil }
        return (width, height, Int(bits), Int(components))
    }
}
