/// What must not go with a variant although its description does: pictures of the uncropped original, and an orientation
/// that is carried out already.
package enum DescriptionCleaning {
    /// Namespaces of pictures inside XMP: Adobe's thumbnails, and what Google's cameras keep of other exposures.
    private static let pictures = [
        "http://ns.adobe.com/xap/1.0/g/img/", "http://ns.google.com/photos/1.0/image/",
        "http://ns.google.com/photos/1.0/depthmap/",
    ].map { Array($0.utf8) }
    private static let orientation = Array("tiff:Orientation".utf8)

    /// The packet, upright; nil where it holds a picture.
    package static func xmp(_ packet: [UInt8]) -> [UInt8]? {
        guard !pictures.contains(where: { !places(of: $0, in: packet).isEmpty }) else { return nil }
        var packet = packet
        // `tiff:Orientation="6"` or `<tiff:Orientation>6<`.
        for place in places(of: orientation, in: packet) {
            var position = place + orientation.count
            while position < packet.count, [0x3D, 0x22, 0x27, 0x3E, 0x20].contains(packet[position]) { position += 1 }
            guard position < packet.count, (0x30...0x39).contains(packet[position]) else { continue }
            packet[position] = UInt8(ascii: "1")
        }
        return packet
    }

    /// Of an application's block in Adobe's form (image resources: `8BIM`, number, name, length, bytes) the IPTC record
    /// alone; nil where there is none, or where it holds a preview.
    package static func photoshop(_ block: [UInt8]) -> [UInt8]? {
        let head = Array("Photoshop 3.0\0".utf8)
        guard block.starts(with: head) else { return nil }
        var position = head.count
        while position + 8 <= block.count, block[position..<position + 4].elementsEqual("8BIM".utf8) {
            let number = Int(block[position + 4]) << 8 | Int(block[position + 5])
            // Length and text of the name, together even.
            let nameLength = 1 + Int(block[position + 6])
            let lengthPlace = position + 6 + nameLength + nameLength % 2
            guard lengthPlace + 4 <= block.count else { return nil }
            let length = block[lengthPlace..<lengthPlace + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = lengthPlace + 4 + length
            guard end <= block.count else { return nil }
            if number == iptcResource {
                let record = block[lengthPlace + 4..<end]
                guard places(of: previewData, in: Array(record)).isEmpty else { return nil }
                return head + block[position..<end] + (length % 2 == 1 ? [0] : [])
            }
            position = end + length % 2
        }
        return nil
    }

    private static let iptcResource = 0x0404
    /// IPTC-NAA Information Interchange Model 4.2, data set 2:202.
    private static let previewData: [UInt8] = [0x1C, 2, 202]

    /// Where `wanted` begins.
    private static func places(of wanted: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard let first = wanted.first, bytes.count >= wanted.count else { return [] }
        return (0...bytes.count - wanted.count).filter { place in
            bytes[place] == first && bytes[place..<place + wanted.count].elementsEqual(wanted)
        }
    }
}
