import Testing
import Vips

@Suite struct DescriptionCleaningTests {
    private func resource(_ number: UInt8, _ body: [UInt8], name: String = "") -> [UInt8] {
        let label = [UInt8(name.utf8.count)] + Array(name.utf8)
        return Array("8BIM".utf8) + [4, number] + label + (label.count % 2 == 1 ? [0] : [])
            + [0, 0, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body + (body.count % 2 == 1 ? [0] : [])
    }

    private let head = Array("Photoshop 3.0\0".utf8)

    @Test func onlyTheIPTCRecordIsKept() {
        let record: [UInt8] = [0x1C, 2, 116, 0, 2, 65, 66]
        let kept = resource(4, record, name: "ab")
        for before in [[], resource(0x0C, [1, 2, 3]), resource(0x0C, [1, 2], name: "x") + resource(9, [])] {
            #expect(DescriptionCleaning.photoshop(head + before + kept + resource(0x0C, [9])) == head + kept)
        }
        #expect(DescriptionCleaning.photoshop(head + resource(0x0C, [1, 2, 3])) == nil)
        #expect(DescriptionCleaning.photoshop(head + resource(4, [0x1C, 2, 202, 0, 1, 5])) == nil)
    }

    @Test func blocksThatEndTooEarlyAreNotRead() {
        let block = head + resource(0x0C, [1, 2, 3]) + resource(4, [0x1C, 2, 116, 0, 2, 65, 66])
        for count in 0..<block.count - 1 { #expect(DescriptionCleaning.photoshop(Array(block.prefix(count))) == nil) }
        #expect(DescriptionCleaning.photoshop([]) == nil)
        #expect(DescriptionCleaning.photoshop(head + Array("8BIM".utf8) + [4, 4, 255, 0, 255, 255, 255, 255]) == nil)
    }

    @Test(arguments: [
        ("<a tiff:Orientation=\"6\">", "<a tiff:Orientation=\"1\">"),
        ("<tiff:Orientation>8</tiff:Orientation>", "<tiff:Orientation>1</tiff:Orientation>"),
        ("tiff:Orientation = '3' tiff:Orientation=\"5\"", "tiff:Orientation = '1' tiff:Orientation=\"1\""),
        ("tiff:Orientation", "tiff:Orientation"), ("", ""), ("tiff:OrientationX=\"6\"", "tiff:OrientationX=\"6\""),
    ])
    func packetsAreUpright(_ packet: String, _ expected: String) {
        #expect(DescriptionCleaning.xmp(Array(packet.utf8)) == Array(expected.utf8))
    }

    @Test(arguments: [
        "http://ns.adobe.com/xap/1.0/g/img/", "http://ns.google.com/photos/1.0/image/",
        "http://ns.google.com/photos/1.0/depthmap/",
    ])
    func packetsWithPicturesAreDropped(_ namespace: String) {
        #expect(DescriptionCleaning.xmp(Array("<x xmlns:y=\"\(namespace)\"/>".utf8)) == nil)
    }
}

@Suite struct SuperfluousEXIFTests {
    private func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        Array(name.utf8) + [UInt8(body.count), 0, 0, 0] + body + (body.count % 2 == 1 ? [0] : [])
    }

    private func webp(_ chunks: [UInt8]...) -> [UInt8] {
        let body = Array("WEBP".utf8) + chunks.flatMap(\.self)
        return Array("RIFF".utf8) + [UInt8(body.count), 0, 0, 0] + body
    }

    private func dropped(_ bytes: [UInt8], _ drop: (UnsafeMutableRawBufferPointer) -> Int) -> [UInt8] {
        var bytes = bytes
        let count = bytes.withUnsafeMutableBytes { drop($0) }
        return Array(bytes.prefix(count))
    }

    @Test func ofAWebP() {
        func head(_ flags: UInt8) -> [UInt8] { chunk("VP8X", [flags] + [UInt8](repeating: 7, count: 9)) }
        let (pixels, exif) = (chunk("VP8 ", [1, 2, 3]), chunk("EXIF", [9, 9, 9]))
        #expect(dropped(webp(head(8), pixels, exif), SuperfluousEXIF.dropFromWebP) == webp(pixels))
        let alpha = chunk("ALPH", [4])
        #expect(
            dropped(webp(head(0x18), alpha, pixels, exif), SuperfluousEXIF.dropFromWebP)
                == webp(head(0x10), alpha, pixels))
        let profile = chunk("ICCP", [5, 5])
        #expect(
            dropped(webp(head(0x28), profile, pixels, exif), SuperfluousEXIF.dropFromWebP)
                == webp(head(0x20), profile, pixels))
        #expect(dropped(webp(pixels), SuperfluousEXIF.dropFromWebP) == webp(pixels))
        let whole = webp(head(8), pixels, exif)
        for count in 0..<whole.count {
            let part = Array(whole.prefix(count))
            #expect(dropped(part, SuperfluousEXIF.dropFromWebP).count <= count)
        }
    }

    @Test func ofAJPEG() {
        let exif = [0xFF, 0xE1, 0, 28] + Array("Exif\0\0".utf8) + [UInt8](repeating: 1, count: 20)
        let rest: [UInt8] = [0xFF, 0xE1, 0, 4, 88, 88, 0xFF, 0xDA, 0, 2, 5, 6, 7]
        let bytes = [0xFF, 0xD8] + exif + rest
        #expect(dropped(bytes) { SuperfluousEXIF.dropFromJPEG($0) } == [0xFF, 0xD8] + rest)
        let tagged = dropped(bytes) { SuperfluousEXIF.dropFromJPEG($0, density: 300) }
        let jfif: [UInt8] = [0xFF, 0xE0, 0, 16] + Array("JFIF\0".utf8) + [1, 1, 1, 1, 44, 1, 44, 0, 0]
        #expect(tagged == [0xFF, 0xD8] + jfif + rest)
        for count in 0..<bytes.count {
            #expect(dropped(Array(bytes.prefix(count))) { SuperfluousEXIF.dropFromJPEG($0) }.count <= count)
        }
    }
}
