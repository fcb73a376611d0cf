/// An animated GIF (GIF89a) that is written here, with the features that decoders get wrong.
struct AnimatedGIF {
    /// What happens to a frame before the next is drawn.
    enum Disposal: UInt8 { case keep = 1, background = 2, previous = 3 }

    struct Frame {
        var x = 0
        var y = 0
        var width: Int
        var height: Int
        /// 0 is transparent, 1 red, 2 green, 3 blue, 4 yellow.
        var colour: UInt8
        var disposal = Disposal.keep
        /// Hundredths of a second.
        var delay: UInt8 = 10
    }

    var width: Int
    var height: Int
    /// How often it is repeated.
    var loops: UInt8 = 0
    var frames: [Frame]

    var file: [UInt8] {
        let size = [UInt8(width), 0, UInt8(height), 0]
        let palette = [[0, 0, 0], red, green, blue, yellow].flatMap { $0.prefix(3) }
        var bytes = Array("GIF89a".utf8) + size + [0xF6, 0, 0] + palette
        bytes += [UInt8](repeating: 0, count: 128 * 3 - palette.count)
        bytes += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, loops, 0, 0]
        for frame in frames {
            bytes += [0x21, 0xF9, 4, frame.disposal.rawValue << 2 | 1, frame.delay, 0, 0, 0]
            bytes += [0x2C, UInt8(frame.x), 0, UInt8(frame.y), 0, UInt8(frame.width), 0, UInt8(frame.height), 0, 0]
            bytes += Self.packed([UInt8](repeating: frame.colour, count: frame.width * frame.height))
        }
        return bytes + [0x3B]
    }

    /// LZW whose codes are whole bytes: the table is cleared before it outgrows them.
    private static func packed(_ pixels: [UInt8]) -> [UInt8] {
        let (clear, end): (UInt8, UInt8) = (128, 129)
        var codes: [UInt8] = []
        for start in stride(from: 0, to: pixels.count, by: 100) {
            codes += [clear] + pixels[start..<min(start + 100, pixels.count)]
        }
        codes.append(end)
        var blocks: [UInt8] = [7]
        for start in stride(from: 0, to: codes.count, by: 255) {
            let block = codes[start..<min(start + 255, codes.count)]
            blocks += [UInt8(block.count)] + block
        }
        return blocks + [0]
    }
}

/// Delays in milliseconds and repetitions, read out of the bytes of an animation.
struct Timing: Equatable {
    var delays: [Int] = []
    var loops: Int?

    init(delays: [Int], loops: Int?) {
        self.delays = delays
        self.loops = loops
    }

    init(gif bytes: [UInt8]) {
        for index in bytes.indices.dropLast(8) {
            if bytes[index...].starts(with: [0x21, 0xF9, 4]), bytes[index + 7] == 0 {
                delays.append(10 * (Int(bytes[index + 4]) | Int(bytes[index + 5]) << 8))
            }
            if bytes[index...].starts(with: Array("NETSCAPE2.0".utf8) + [3, 1]), index + 14 < bytes.count {
                loops = Int(bytes[index + 13]) | Int(bytes[index + 14]) << 8
            }
        }
    }

    /// The WebP container specification: `ANIM` holds the loops, each `ANMF` a duration.
    init(webp bytes: [UInt8]) {
        var position = 12
        while position + 8 <= bytes.count {
            let body = position + 8
            let count = (0..<4).reduce(0) { $0 | Int(bytes[position + 4 + $1]) << (8 * $1) }
            switch Array(bytes[position..<position + 4]) {
            case Array("ANIM".utf8): loops = Int(bytes[body + 4]) | Int(bytes[body + 5]) << 8
            case Array("ANMF".utf8): delays.append((0..<3).reduce(0) { $0 | Int(bytes[body + 12 + $1]) << (8 * $1) })
            default: break
            }
            position = body + count + count % 2
        }
    }
}
