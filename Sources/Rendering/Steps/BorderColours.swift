import Vips

/// The colours along the four edges of a picture, as they are seen from a little distance.
struct BorderColours {
    struct Colour: Equatable {
        var red, green, blue: Int

        var pixel: Pixel { Pixel(red: Double(red), green: Double(green), blue: Double(blue), alpha: 255) }

        fileprivate func distance(to other: Colour) -> Int {
            max(abs(red - other.red), abs(green - other.green), abs(blue - other.blue))
        }
    }

    private enum Edge: CaseIterable { case top, right, bottom, left }

    enum Corner { case topLeft, topRight, bottomLeft, bottomRight }

    /// Each from left to right or from top to bottom; what can be seen through is left out.
    private let halves: [Edge: [[Colour]]]

    /// Places along an edge.
    private static let places = 64
    /// An edge is one part in so many of its picture thick.
    private static let thinness = 64

    /// - Parameter picture: in memory and in sRGB.
    init(_ picture: Image) throws(VipsError) {
        let (width, height) = (picture.width, picture.totalHeight)
        let (across, down) = (max(1, width / Self.thinness), max(1, height / Self.thinness))
        var halves: [Edge: [[Colour]]] = [:]
        for edge in Edge.allCases {
            let isRow = edge == .top || edge == .bottom
            let strip = try picture.cropped(
                left: edge == .right ? width - across : 0, top: edge == .bottom ? height - down : 0,
                width: isRow ? width : across, height: isRow ? down : height)
            let line = try strip.premultiplied { strip throws(VipsError) in
                try strip.resized(width: isRow ? Self.places : 1, height: isRow ? 1 : Self.places)
            }
            let samples = try line.inColour().samples()
            let bands = samples.count / Self.places
            halves[edge] = [0..<Self.places / 2, Self.places / 2..<Self.places].map { range in
                range.compactMap { Self.colour(samples[$0 * bands..<($0 + 1) * bands]) }
            }
        }
        self.halves = halves
    }

    private static func colour(_ samples: ArraySlice<UInt8>) -> Colour? {
        let values = samples.map(Int.init)
        guard values.count >= 3, values.count == 3 || values[3] >= 128 else { return nil }
        return Colour(red: values[0], green: values[1], blue: values[2])
    }

    // MARK: What is common

    /// Of the whole border.
    var dominant: Colour { Self.dominant(Edge.allCases.flatMap { all($0) }) ?? Colour(red: 0, green: 0, blue: 0) }

    var left: Colour { Self.dominant(all(.left)) ?? dominant }
    var right: Colour { Self.dominant(all(.right)) ?? dominant }
    var top: Colour { Self.dominant(all(.top)) ?? dominant }
    var bottom: Colour { Self.dominant(all(.bottom)) ?? dominant }

    /// Of the halves of the two edges that meet there.
    subscript(corner: Corner) -> Colour {
        let colours =
            switch corner {
            case .topLeft: half(.top, 0) + half(.left, 0)
            case .topRight: half(.top, 1) + half(.right, 0)
            case .bottomLeft: half(.bottom, 0) + half(.left, 1)
            case .bottomRight: half(.bottom, 1) + half(.right, 1)
            }
        return Self.dominant(colours) ?? dominant
    }

    private func all(_ edge: Edge) -> [Colour] { half(edge, 0) + half(edge, 1) }

    private func half(_ edge: Edge, _ index: Int) -> [Colour] { halves[edge]?[index] ?? [] }

    /// Colours within this distance are one.
    private static let nearness = 24

    /// The middle of the colours around the one that has the most near it.
    private static func dominant(_ colours: [Colour]) -> Colour? {
        var largest: [Colour] = []
        for colour in colours {
            let near = colours.filter { colour.distance(to: $0) <= nearness }
            if near.count > largest.count { largest = near }
        }
        guard !largest.isEmpty else { return nil }
        func middle(_ channel: (Colour) -> Int) -> Int {
            (largest.reduce(0) { $0 + channel($1) } + largest.count / 2) / largest.count
        }
        return Colour(red: middle(\.red), green: middle(\.green), blue: middle(\.blue))
    }
}
