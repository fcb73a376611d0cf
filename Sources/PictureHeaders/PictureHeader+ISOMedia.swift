/// ISO/IEC 14496-12 boxes of a still picture: HEIF (ISO/IEC 23008-12), AVIF.
extension PictureHeader {
    /// Boxes that are looked at in one file.
    private static let maximumBoxes = 4_000

    static func isoMedia(_ kind: Kind, _ bytes: borrowing HeaderBytes) -> PictureHeader? {
        var search = ISOSearch()
        search.look(at: 0..<bytes.count, bytes, boxesLeft: maximumBoxes)
        var header = PictureHeader(kind)
        (header.width, header.height) = (search.width, search.height)
        header.orientation = search.isTurned ? 6 : 1
        if search.maximumBits > 8 { header.bitsPerChannel = 16 }
        return header.ifSized()
    }
}

/// The largest picture of a file: a grid is larger than each of its tiles.
private struct ISOSearch {
    var width = 0
    var height = 0
    var isTurned = false
    var maximumBits = 8
    private var area = 0

    /// Boxes that hold others on the way to the properties of pictures, with the bytes before the first.
    private static let containers: [String: Int] = ["meta": 4, "iprp": 0, "ipco": 0]
    private static let maximumDepth = 3

    /// - Returns: how many boxes may still be looked at.
    @discardableResult
    mutating func look(at range: Range<Int>, _ bytes: borrowing HeaderBytes, boxesLeft: Int, depth: Int = 0) -> Int {
        var (place, left) = (range.lowerBound, boxesLeft)
        while left > 0, place < range.upperBound, let length = bytes.big(4, at: place), bytes.byte(at: place + 7) != nil
        {
            left -= 1
            let type = String(decoding: (place + 4..<place + 8).compactMap { bytes.byte(at: $0) }, as: UTF8.self)
            // 0 is until the end; 1 says that the length stands behind the type, as only data has it.
            let end = length == 0 ? range.upperBound : min(range.upperBound, place + max(8, length))
            if depth < Self.maximumDepth, let skipped = Self.containers[type] {
                let start = place + 8 + skipped
                if start < end { left = look(at: start..<end, bytes, boxesLeft: left, depth: depth + 1) }
            } else {
                note(type, at: place + 8, bytes)
            }
            guard length != 1 else { return left }
            place = end
        }
        return left
    }

    private mutating func note(_ type: String, at place: Int, _ bytes: borrowing HeaderBytes) {
        switch type {
        case "ispe":
            guard let width = bytes.big(4, at: place + 4), let height = bytes.big(4, at: place + 8) else { return }
            let (product, overflow) = width.multipliedReportingOverflow(by: height)
            guard overflow || product > area else { return }
            area = overflow ? .max : product
            (self.width, self.height) = (width, height)
        case "irot": isTurned = isTurned || bytes.byte(at: place).map { $0 & 1 == 1 } == true
        case "pixi": maximumBits = max(maximumBits, Int(bytes.byte(at: place + 5) ?? 8))
        default: break
        }
    }
}
