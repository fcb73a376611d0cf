/// PNG (ISO/IEC 15948) §11.2.2: the header chunk is the first.
extension PictureHeader {
    static func png(_ bytes: borrowing HeaderBytes) -> PictureHeader? {
        guard bytes.has("IHDR", at: 12), let width = bytes.big(4, at: 16), let height = bytes.big(4, at: 20),
            let depth = bytes.byte(at: 24), let colour = bytes.byte(at: 25), let interlace = bytes.byte(at: 28)
        else { return nil }
        var header = PictureHeader(.png)
        (header.width, header.height) = (width, height)
        header.isLossless = true
        header.isHeldWhole = interlace != 0
        header.bitsPerChannel = depth > 8 ? 16 : 8
        header.channels =
            switch colour {
            case 0: 1
            case 4: 2
            // A palette may have transparent entries.
            case 3, 6: 4
            default: 3
            }
        return header.ifSized()
    }
}
