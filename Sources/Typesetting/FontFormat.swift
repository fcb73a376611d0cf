/// What a font file's headers say, read before any library sees the file.
///
/// fontconfig opens every font of a file, and every named instance of a variable font: a short file can ask for
/// thousands, all of them the same outlines.
enum FontFormat {
    private static let collection: UInt32 = 0x7474_6366  // "ttcf"
    /// TrueType, OpenType with CFF, Apple's TrueType. FreeType knows many more formats, HarfBuzz does not.
    private static let fonts: [UInt32] = [0x0001_0000, 0x4F54_544F, 0x7472_7565]
    private static let variations: UInt32 = 0x6676_6172  // "fvar"

    /// Throws `.unknownFontFormat`. What is cut short or wrong further on is the libraries' to find.
    static func check(_ bytes: RawSpan) throws(TypesettingError) {
        guard bytes.byteCount >= 12, let tag: UInt32 = bytes.number(at: 0) else { throw .unknownFontFormat }
        guard tag == collection else {
            guard fonts.contains(tag), instances(ofFontAt: 0, in: bytes) <= TextLimits.fontInstances else {
                throw .unknownFontFormat
            }
            return
        }
        let count = Int(bytes.number(at: 8) ?? 0 as UInt32)
        guard count <= TextLimits.fontsOfFile else { throw .unknownFontFormat }
        var sum = 0
        for index in 0..<count {
            guard let start: UInt32 = bytes.number(at: 12 + 4 * index) else { break }
            sum += instances(ofFontAt: Int(start), in: bytes)
        }
        guard sum <= TextLimits.fontInstances else { throw .unknownFontFormat }
    }

    /// Of a font with several `fvar` tables all of them count: which one a library takes is its own affair.
    private static func instances(ofFontAt start: Int, in bytes: RawSpan) -> Int {
        let tables: UInt16 = bytes.number(at: start + 4) ?? 0
        var sum = 0
        for index in 0..<Int(tables) {
            let record = start + 12 + 16 * index
            guard let tag: UInt32 = bytes.number(at: record) else { break }
            guard tag == variations, let table: UInt32 = bytes.number(at: record + 8) else { continue }
            sum += Int(bytes.number(at: Int(table) + 12) ?? 0 as UInt16)
        }
        return sum
    }
}

extension RawSpan {
    /// A number of the font file, most significant byte first; `nil` beyond its end.
    fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Number? {
        guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else { return nil }
        return Number(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
