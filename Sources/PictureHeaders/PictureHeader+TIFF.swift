/// TIFF 6.0: the first directory; EXIF (CIPA DC-008) is one too.
extension PictureHeader {
    private enum Tag {
        static let width = 256
        static let height = 257
        static let bitsPerSample = 258
        static let compression = 259
        static let colours = 262
        static let orientation = 274
        static let samplesPerPixel = 277
        static let rowsPerStrip = 278
        static let planarConfiguration = 284
        static let tileLength = 323
    }

    /// None, those of CCITT, LZW, Deflate and PackBits: libtiff gives what is compressed so line by line.
    private static let compressionsOfLines: Set = [1, 2, 3, 4, 5, 8, 32_773, 32_946]
    private static let yCbCr = 6

    static func tiff(_ bytes: borrowing HeaderBytes) -> PictureHeader? {
        guard let directory = TIFFDirectory(bytes, from: 0, to: bytes.count),
            let width = directory.value(of: Tag.width, bytes), let height = directory.value(of: Tag.height, bytes)
        else { return nil }
        var header = PictureHeader(.tiff)
        (header.width, header.height) = (width, height)
        header.channels = min(5, max(1, directory.value(of: Tag.samplesPerPixel, bytes) ?? 1))
        let bits = directory.value(of: Tag.bitsPerSample, bytes) ?? 8
        header.bitsPerChannel = bits > 16 ? 32 : bits > 8 ? 16 : 8
        header.orientation = directory.orientation(bytes, tag: Tag.orientation) ?? 1
        header.blockLines = max(1, blockLines(directory, bytes) ?? height)
        return header.ifSized()
    }

    /// - Returns: `nil` where one strip is all of it.
    private static func blockLines(_ directory: TIFFDirectory, _ bytes: borrowing HeaderBytes) -> Int? {
        if let lines = directory.value(of: Tag.tileLength, bytes) { return lines }
        let comesInLines = compressionsOfLines.contains(directory.value(of: Tag.compression, bytes) ?? 1)
        let hasPlanes = directory.value(of: Tag.planarConfiguration, bytes) == 2
        // Of several lines together.
        let isSubsampled = directory.value(of: Tag.colours, bytes) == yCbCr
        return comesInLines && !hasPlanes && !isSubsampled ? 1 : directory.value(of: Tag.rowsPerStrip, bytes)
    }
}

extension HeaderBytes {
    /// - Returns: 1…8; `nil` where there is none.
    func exifOrientation(from start: Int, to end: Int) -> Int? {
        TIFFDirectory(self, from: start, to: end)?.orientation(self, tag: 274)
    }
}

/// Where the entries of a file's first directory lie.
private struct TIFFDirectory {
    /// Entries that are looked at.
    private static let maximumEntries = 512
    private static let shortType = 3
    private static let long8Type = 16

    /// Lengths in bytes (TIFF 6.0, section 2; BigTIFF has other ones).
    private struct Form {
        let offset: Int
        let count: Int
        let entry: Int
        let isBigEndian: Bool

        init?(_ bytes: borrowing HeaderBytes, at start: Int) {
            switch (bytes.byte(at: start), bytes.byte(at: start + 1)) {
            case (0x49, 0x49): isBigEndian = false
            case (0x4D, 0x4D): isBigEndian = true
            default: return nil
            }
            let isBigTIFF = bytes.byte(at: start + (isBigEndian ? 3 : 2)) == 43
            (offset, count, entry) = isBigTIFF ? (8, 8, 20) : (4, 2, 12)
        }

        /// `nil` where it is beyond all files, too.
        func number(_ length: Int, at place: Int, _ bytes: borrowing HeaderBytes) -> Int? {
            let number = isBigEndian ? bytes.big(length, at: place) : bytes.little(length, at: place)
            return number.flatMap { (0..<Int.max / 2).contains($0) ? $0 : nil }
        }
    }

    private let form: Form
    private let start: Int
    private let end: Int
    private let entries: Int
    private let count: Int

    init?(_ bytes: borrowing HeaderBytes, from start: Int, to end: Int) {
        guard let form = Form(bytes, at: start),
            // BigTIFF tells the length of its offsets first.
            let offset = form.number(form.offset, at: start + (form.offset == 8 ? 8 : 4), bytes),
            let count = form.number(form.count, at: start + offset, bytes)
        else { return nil }
        self.form = form
        self.start = start
        self.end = min(end, bytes.count)
        entries = start + offset + form.count
        guard entries <= self.end else { return nil }
        self.count = min(count, Self.maximumEntries)
    }

    /// The first value of a tag whose values are whole numbers.
    func value(of tag: Int, _ bytes: borrowing HeaderBytes) -> Int? {
        for index in 0..<count {
            let entry = entries + index * form.entry
            guard entry + form.entry <= end, let found = form.number(2, at: entry, bytes) else { return nil }
            guard found == tag else { continue }
            guard let type = form.number(2, at: entry + 2, bytes),
                let values = form.number(form.offset, at: entry + 4, bytes)
            else { return nil }
            let length = type == Self.shortType ? 2 : type == Self.long8Type ? 8 : 4
            let place = entry + 4 + form.offset
            // What does not fit into the entry lies elsewhere.
            guard values > form.offset / length else { return form.number(length, at: place, bytes) }
            guard let offset = form.number(form.offset, at: place, bytes) else { return nil }
            return form.number(length, at: start + offset, bytes)
        }
        return nil
    }

    func orientation(_ bytes: borrowing HeaderBytes, tag: Int) -> Int? {
        value(of: tag, bytes).flatMap { (1...8).contains($0) ? $0 : nil }
    }
}
