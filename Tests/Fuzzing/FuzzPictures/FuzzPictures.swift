import FirstInputs
import PictureHeaders

/// Before the first input.
@c(LLVMFuzzerInitialize)
public func prepare(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    FirstInputs.writeIfAsked { FirstInputs(words: Beginnings.words, inputs: Beginnings.all) }
    return 0
}

/// Any bytes: no picture, or one of a size that can be reckoned with; what follows behind the part that was looked at does
/// not make it another.
@c(LLVMFuzzerTestOneInput)
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let header = PictureHeader(of: bytes.span.bytes) else { return 0 }
    check(header)
    expect(PictureHeader(of: bytes.span.bytes) == header, "another picture the second time")
    let longer = bytes + [UInt8](repeating: 0, count: 64)
    guard let again = PictureHeader(of: longer.span.bytes) else { violated("no picture any more: \(header)") }
    expect(again.kind == header.kind, "another kind: \(header), \(again)")
    if ![.tiff, .avif, .heic].contains(header.kind) {
        expect(again.width == header.width && again.height == header.height, "another size: \(header), \(again)")
    }
    return 0
}

private func check(_ header: PictureHeader) {
    let isDrawing = header.kind == .svg || header.kind == .pdf
    expect(isDrawing == (header.width == 0), "a picture without a width, or a drawing with one: \(header)")
    expect(isDrawing == (header.height == 0), "a picture without a height, or a drawing with one: \(header)")
    expect(header.width >= 0 && header.height >= 0 && header.pixels >= 0, "less than nothing: \(header)")
    expect(header.frames >= 1 && (1...5).contains(header.channels), "frames or channels of no picture: \(header)")
    expect((1...8).contains(header.orientation), "an orientation that there is not: \(header)")
    expect((1...64).contains(header.bitsPerChannel), "bits that there are not: \(header)")
}
