import Typesetting

/// What tests ask of a bitmap.
extension TextBitmap {
    struct Pixel: Equatable {
        let red: UInt8
        let green: UInt8
        let blue: UInt8
        let alpha: UInt8
    }

    subscript(x: Int, y: Int) -> Pixel {
        let start = 4 * (y * width + x)
        return Pixel(red: pixels[start], green: pixels[start + 1], blue: pixels[start + 2], alpha: pixels[start + 3])
    }

    /// The columns with any ink among these rows.
    func inkColumns(rows: Range<Int>? = nil) -> [Int] {
        (0..<width).filter { x in (rows ?? 0..<height).contains { self[x, $0].alpha > 0 } }
    }

    func inkRows() -> [Int] {
        (0..<height).filter { y in (0..<width).contains { self[$0, y].alpha > 0 } }
    }

    /// Groups of neighbouring rows with ink: the lines of a text whose lines stand apart.
    func lines() -> [ClosedRange<Int>] {
        Self.groups(inkRows())
    }

    /// Groups of neighbouring columns with ink: letters that stand apart.
    func letters() -> [ClosedRange<Int>] {
        Self.groups(inkColumns())
    }

    /// The sum of all alpha, in whole pixels.
    var ink: Int {
        stride(from: 3, to: pixels.count, by: 4).reduce(0) { $0 + Int(pixels[$1]) } / 255
    }

    /// Ink in all four outermost rows and columns.
    var isHuggingInk: Bool {
        let (rows, columns) = (inkRows(), inkColumns())
        return rows.first == 0 && rows.last == height - 1 && columns.first == 0 && columns.last == width - 1
    }

    private static func groups(_ places: [Int]) -> [ClosedRange<Int>] {
        var found: [ClosedRange<Int>] = []
        for place in places {
            if let last = found.last, last.upperBound == place - 1 {
                found[found.count - 1] = last.lowerBound...place
            } else {
                found.append(place...place)
            }
        }
        return found
    }
}
