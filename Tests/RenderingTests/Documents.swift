/// Files of several pages, made in code.
enum Documents {
    struct Page {
        var width: Int
        var height: Int
        /// Of the left half; the right half is bare.
        var colour: [UInt8]
    }

    /// PDF 1.4 (ISO 32000-1 §7.5), a catalogue, the pages and what each shows.
    static func pdf(_ pages: [Page], catalogue: String = "", trailer: String = "") -> [UInt8] {
        let kids = pages.indices.map { "\(3 + 2 * $0) 0 R" }.joined(separator: " ")
        var objects = [
            "<< /Type /Catalog /Pages 2 0 R \(catalogue)>>",
            "<< /Type /Pages /Count \(pages.count) /Kids [\(kids)] >>",
        ]
        for (index, page) in pages.enumerated() {
            let colour = page.colour.prefix(3).map { "\(Double($0) / 255)" }.joined(separator: " ")
            let drawing = "\(colour) rg 0 0 \(Double(page.width) / 2) \(page.height) re f"
            let box = "[0 0 \(page.width) \(page.height)]"
            objects.append("<< /Type /Page /Parent 2 0 R /MediaBox \(box) /Contents \(4 + 2 * index) 0 R >>")
            objects.append("<< /Length \(drawing.utf8.count) >>\nstream\n\(drawing)\nendstream")
        }
        var (text, offsets) = ("%PDF-1.4\n", [Int]())
        for (index, object) in objects.enumerated() {
            offsets.append(text.utf8.count)
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = String(offset)
            text += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        text += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R \(trailer)>>\nstartxref\n\(table)\n%%EOF\n"
        return Array(text.utf8)
    }

    /// TIFF 6.0, little-endian: for each page a directory of its own, then its one strip of RGB without compression.
    static func tiff(_ pages: [Page]) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var bytes: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0]
        for (index, page) in pages.enumerated() {
            let strip = bytes.count + 2 + 9 * 12 + 4
            let count = page.width * page.height * 3
            let entries: [(tag: Int, kind: Int, value: Int)] = [
                (256, 4, page.width), (257, 4, page.height), (258, 3, 8), (259, 3, 1), (262, 3, 2), (273, 4, strip),
                (277, 3, 3), (278, 4, page.height), (279, 4, count),
            ]
            bytes += little(entries.count, 2)
            for entry in entries {
                bytes += little(entry.tag, 2) + little(entry.kind, 2) + little(1, 4) + little(entry.value, 4)
            }
            bytes += little(index == pages.count - 1 ? 0 : strip + count, 4)
            for _ in 0..<page.height {
                for x in 0..<page.width { bytes += x < page.width / 2 ? page.colour.prefix(3) : white.prefix(3) }
            }
        }
        return bytes
    }
}
