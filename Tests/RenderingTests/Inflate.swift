/// The decoder of RFC 1951, so that what Apus writes is read by something that is not libvips. Trusts its input.
struct Inflate {
    private let input: ArraySlice<UInt8>
    private var position: Int
    private var bit = 0
    private(set) var output: [UInt8] = []

    /// Unpacks a zlib stream (RFC 1950).
    static func unpack(_ zlib: [UInt8]) -> [UInt8] {
        var inflate = Inflate(input: zlib[...], position: 2)
        while !inflate.readBlock() {}
        return inflate.output
    }

    private init(input: ArraySlice<UInt8>, position: Int) {
        self.input = input
        self.position = position
    }

    private mutating func bits(_ count: Int) -> Int {
        var value = 0
        for index in 0..<count {
            guard position < input.endIndex else { return value }
            value |= Int(input[position] >> UInt8(bit) & 1) << index
            bit += 1
            if bit == 8 { (bit, position) = (0, position + 1) }
        }
        return value
    }

    /// True after the last block.
    private mutating func readBlock() -> Bool {
        let isLast = bits(1) == 1
        switch bits(2) {
        case 0: readStored()
        case 1: readCompressed(Self.fixedLengths, Self.fixedDistances)
        default:
            let (lengths, distances) = readTables()
            readCompressed(lengths, distances)
        }
        return isLast || position >= input.endIndex
    }

    private mutating func readStored() {
        if bit > 0 { (bit, position) = (0, position + 1) }
        let count = Int(input[position]) | Int(input[position + 1]) << 8
        output += input[position + 4..<position + 4 + count]
        position += 4 + count
    }

    private mutating func readCompressed(_ lengths: Huffman, _ distances: Huffman) {
        while position < input.endIndex {
            let symbol = lengths.next { bits(1) }
            if symbol < 256 {
                output.append(UInt8(truncatingIfNeeded: symbol))
            } else if symbol == 256 {
                return
            } else {
                let length = Self.lengthBase[symbol - 257] + bits(Self.lengthBits[symbol - 257])
                let code = distances.next { bits(1) }
                let distance = Self.distanceBase[code] + bits(code < 2 ? 0 : code / 2 - 1)
                for _ in 0..<length { output.append(output[output.count - distance]) }
            }
        }
    }

    private mutating func readTables() -> (Huffman, Huffman) {
        let (lengthCount, distanceCount, codeCount) = (bits(5) + 257, bits(5) + 1, bits(4) + 4)
        var codeLengths = [Int](repeating: 0, count: 19)
        for index in Self.codeOrder.prefix(codeCount) { codeLengths[index] = bits(3) }
        let codes = Huffman(lengths: codeLengths)
        var lengths: [Int] = []
        while lengths.count < lengthCount + distanceCount {
            switch codes.next({ bits(1) }) {
            case 16: lengths += [Int](repeating: lengths.last ?? 0, count: 3 + bits(2))
            case 17: lengths += [Int](repeating: 0, count: 3 + bits(3))
            case 18: lengths += [Int](repeating: 0, count: 11 + bits(7))
            case let length: lengths.append(length)
            }
        }
        return (
            Huffman(lengths: Array(lengths.prefix(lengthCount))),
            Huffman(lengths: Array(lengths.dropFirst(lengthCount)))
        )
    }

    private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengthBits = (0..<29).map { $0 < 8 || $0 == 28 ? 0 : $0 / 4 - 1 }
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073,
        4_097,
        6_145, 8_193, 12_289, 16_385, 24_577,
    ]
    private static let fixedLengths = Huffman(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Huffman(lengths: [Int](repeating: 5, count: 30))
}

/// A canonical prefix code (RFC 1951 §3.2.2).
private struct Huffman {
    private var counts = [Int](repeating: 0, count: 16)
    private var symbols: [Int] = []

    init(lengths: [Int]) {
        for length in 1...15 {
            let found = lengths.indices.filter { lengths[$0] == length }
            counts[length] = found.count
            symbols += found
        }
    }

    func next(_ bit: () -> Int) -> Int {
        var (code, first, index) = (0, 0, 0)
        for length in 1...15 {
            code |= bit()
            if code - counts[length] < first { return symbols[index + code - first] }
            index += counts[length]
            first = (first + counts[length]) << 1
            code <<= 1
        }
        return 256
    }
}
