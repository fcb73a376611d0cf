/// ITU-T T.81: markers until the first scan.
extension PictureHeader {
    /// Segments before the first scan; files have a dozen, and some hundreds where profiles are cut into pieces.
    private static let maximumSegments = 2_000
    private static let startOfScan: UInt8 = 0xDA
    private static let exifMarker: UInt8 = 0xE1

    static func jpeg(_ bytes: borrowing HeaderBytes) -> PictureHeader? {
        var header = PictureHeader(.jpeg)
        var components: Int?
        var place = 2
        for _ in 0..<maximumSegments {
            guard bytes.byte(at: place) == 0xFF, let marker = bytes.byte(at: place + 1) else { return nil }
            // Any number of fill bytes may stand before a marker; those without a segment have no length.
            if marker == 0xFF {
                place += 1
                continue
            }
            if marker == 0x01 || (0xD0...0xD8).contains(marker) {
                place += 2
                continue
            }
            guard let length = bytes.big(2, at: place + 2), length >= 2 else { return nil }
            let content = place + 4
            if isFrame(marker) {
                guard let frame = bytes.frame(at: content) else { return nil }
                (header.width, header.height) = (frame.width, frame.height)
                header.bitsPerChannel = frame.bits > 8 ? 16 : 8
                header.channels = min(4, max(1, frame.components))
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
    fileprivate func frame(at place: Int) -> (width: Int, height: Int, bits: Int, components: Int)? {
        guard let bits = byte(at: place), let height = big(2, at: place + 1), let width = big(2, at: place + 3),
            let components = byte(at: place + 5)
        else { return nil }
        return (width, height, Int(bits), Int(components))
    }
}
