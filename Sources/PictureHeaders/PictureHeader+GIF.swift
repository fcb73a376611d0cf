/// GIF89a specification: blocks, of which each image descriptor is a frame.
extension PictureHeader {
    /// Frames that are counted; no configuration allows more.
    private static let maximumFrames = 10_000
    /// Pieces of data that are skipped in one file.
    private static let maximumPieces = 1_000_000

    static func gif(_ bytes: borrowing HeaderBytes) -> PictureHeader? {
        guard let width = bytes.little(2, at: 6), let height = bytes.little(2, at: 8), let flags = bytes.byte(at: 10)
        else { return nil }
        var header = PictureHeader(.gif)
        (header.width, header.height) = (width, height)
        header.channels = 4
        header.isLossless = true
        header.frames = max(1, frames(bytes, from: 13 + colourTable(flags)))
        return header.ifSized()
    }

    private static func frames(_ bytes: borrowing HeaderBytes, from start: Int) -> Int {
        var (place, frames, pieces) = (start, 0, 0)
        while frames < maximumFrames, pieces < maximumPieces, let introducer = bytes.byte(at: place) {
            switch introducer {
            case 0x21: place += 2
            case 0x2C:
                guard let flags = bytes.byte(at: place + 9) else { return frames }
                frames += 1
                place += 11 + colourTable(flags)
            default: return frames
            }
            while pieces < maximumPieces, let length = bytes.byte(at: place) {
                pieces += 1
                place += 1 + Int(length)
                if length == 0 { break }
            }
        }
        return frames
    }

    /// Bytes of the colour table that the flags announce.
    private static func colourTable(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }
}
