/// Pixels in memory, and PNG files of them; read and written here and not by libvips.
struct Picture: Equatable {
    var width: Int
    var height: Int
    /// 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
    var bands: Int
    var values: [UInt8]

    init(width: Int, height: Int, bands: Int, _ pixel: (_ x: Int, _ y: Int) -> [UInt8]) {
        (self.width, self.height, self.bands) = (width, height, bands)
        values = (0..<height).flatMap { y in (0..<width).flatMap { x in pixel(x, y) } }
    }

    subscript(x: Int, y: Int) -> [UInt8] {
        let start = (y * width + x) * bands
        return Array(values[start..<start + bands])
    }

    /// The colour at a point with 8 bits each of red, green, blue and alpha, whatever the picture holds.
    func colour(_ x: Int, _ y: Int) -> [UInt8] {
        let pixel = self[x, y]
        switch bands {
        case 1: return [pixel[0], pixel[0], pixel[0], 255]
        case 2: return [pixel[0], pixel[0], pixel[0], pixel[1]]
        case 3: return pixel + [255]
        default: return pixel
        }
    }
}

extension Picture {
    /// A PNG file.
    var png: [UInt8] { PNG.file(width: width, height: height, bands: bands, depth: 8, samples: values) }

    /// The PNG file with 16 bits a band: each value repeated, which means the same colour.
    var png16: [UInt8] {
        PNG.file(width: width, height: height, bands: bands, depth: 16, samples: values.flatMap { [$0, $0] })
    }

    /// Reads a PNG of 8 bits a band.
    init?(png bytes: [UInt8]) {
        guard bytes.count > 33, bytes[24] == 8 else { return nil }
        func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(bytes[at + $1]) } }
        (width, height) = (number(16), number(20))
        bands = [0: 1, 2: 3, 4: 2, 6: 4][bytes[25]] ?? 0
        guard bands > 0 else { return nil }
        var packed: [UInt8] = []
        var position = 8
        while position + 12 <= bytes.count {
            let count = number(position)
            if Array(bytes[position + 4..<position + 8]) == Array("IDAT".utf8) {
                packed += bytes[position + 8..<position + 8 + count]
            }
            position += 12 + count
        }
        values = PNG.unfiltered(Inflate.unpack(packed), rowLength: width * bands, pixelLength: bands)
    }
}

/// The parts of the PNG specification that tests need.
enum PNG {
    static func file(
        width: Int, height: Int, bands: Int, depth: UInt8, samples: [UInt8], extra: [(String, [UInt8])] = []
    ) -> [UInt8] {
        let colourType: [UInt8] = [0, 0, 4, 2, 6]
        let rowLength = width * bands * Int(depth) / 8
        let rows = (0..<height).flatMap { [0] + samples[$0 * rowLength..<($0 + 1) * rowLength] }
        let header = number(width) + number(height) + [depth, colourType[bands], 0, 0, 0]
        return assembled([("IHDR", header)] + extra + [("IDAT", zlib(rows)), ("IEND", [])])
    }

    static func assembled(_ chunks: [(String, [UInt8])]) -> [UInt8] {
        chunks.reduce(into: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { file, chunk in
            let body = Array(chunk.0.utf8) + chunk.1
            file += number(chunk.1.count) + body + number(Int(checksum(body)))
        }
    }

    static func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    /// RFC 1950, with stored blocks only.
    static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var packed: [UInt8] = [0x78, 0x01]
        var position = 0
        repeat {
            let block = bytes[position..<min(position + 65_535, bytes.count)]
            position = block.endIndex
            let count = UInt16(block.count)
            packed.append(position == bytes.count ? 1 : 0)
            for value in [count, ~count] { packed += [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)] }
            packed += block
        } while position < bytes.count
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return packed + number(Int(high << 16 | low))
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }

    /// PNG specification §9: undoes the filters of all rows.
    static func unfiltered(_ bytes: [UInt8], rowLength: Int, pixelLength: Int) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        for start in stride(from: 0, to: bytes.count - rowLength, by: rowLength + 1) {
            let row = output.count
            for index in 0..<rowLength {
                let left = index >= pixelLength ? Int(output[row + index - pixelLength]) : 0
                let up = row > 0 ? Int(output[row + index - rowLength]) : 0
                let corner = row > 0 && index >= pixelLength ? Int(output[row + index - rowLength - pixelLength]) : 0
                let guess =
                    switch bytes[start] {
                    case 1: left
                    case 2: up
                    case 3: (left + up) / 2
                    case 4: paeth(left, up, corner)
                    default: 0
                    }
                output.append(bytes[start + 1 + index] &+ UInt8(truncatingIfNeeded: guess))
            }
        }
        return output
    }

    private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
        let guess = left + up - corner
        let (a, b, c) = (abs(guess - left), abs(guess - up), abs(guess - corner))
        return a <= b && a <= c ? left : b <= c ? up : corner
    }
}
