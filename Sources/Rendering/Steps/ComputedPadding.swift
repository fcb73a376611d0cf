import Transformation
import Vips

extension Image {
    /// The picture on a larger canvas that is filled with something made of the picture; opaque afterwards.
    ///
    /// - Parameter border: what an earlier frame had for a border; set where this is the first.
    func laid(
        on canvas: StepGeometry.Canvas, _ fill: ComputedBackground, finding border: inout BorderColours?,
        limit: TimeLimit
    ) throws(VipsError) -> Image {
        // The ground is made of a small copy, and the picture is still needed.
        let picture = try inMemory()
        if case .blurred(let intensity, let brightness) = fill {
            let ground = try picture.blurredGround(canvas.size, intensity: intensity).brightened(by: brightness)
            return try picture.laid(on: ground, left: canvas.x, top: canvas.y)
        }
        let colours: BorderColours
        if let border { colours = border } else { colours = try BorderColours(picture) }
        border = colours
        let corners: [BorderColours.Colour]
        switch fill {
        case .cornerGradient:
            corners = [colours[.topLeft], colours[.topRight], colours[.bottomLeft], colours[.bottomRight]]
        case .linearGradient where isWidened(by: canvas):
            corners = [colours.left, colours.right, colours.left, colours.right]
        case .linearGradient:
            corners = [colours.top, colours.top, colours.bottom, colours.bottom]
        case .dominant, .blurred:
            corners = [colours.dominant, colours.dominant, colours.dominant, colours.dominant]
        }
        let ground = try Self.gradient(between: corners, canvas.size, limit: limit)
        return try picture.laid(on: ground, left: canvas.x, top: canvas.y)
    }

    private func isWidened(by canvas: StepGeometry.Canvas) -> Bool {
        canvas.size.width - width >= canvas.size.height - totalHeight
    }

    // MARK: Blurred

    /// Sides of the canvas for each pixel of sigma, where the URL says no intensity.
    private static let sidesPerSigma = 30.0
    /// The sigma that is left once the copy is as small as can be without the eye seeing it.
    private static let sigmaOfCopy = 4.0

    /// A copy that covers `size`, blurred; `intensity` is the sigma in pixels of the canvas.
    private func blurredGround(_ size: Size, intensity: Int?) throws(VipsError) -> Image {
        let sigma = intensity.map(Double.init) ?? Double(max(size.width, size.height)) / Self.sidesPerSigma
        let factor = max(1, sigma / Self.sigmaOfCopy)
        let small = Size(
            width: max(1, Int((Double(size.width) / factor).rounded())),
            height: max(1, Int((Double(size.height) / factor).rounded())))
        let scale = max(Double(small.width) / Double(width), Double(small.height) / Double(totalHeight))
        let cover = Size(
            width: max(small.width, Int((Double(width) * scale).rounded())),
            height: max(small.height, Int((Double(totalHeight) * scale).rounded())))
        let copy = try flattened(on: Colour.black.pixel).inColour()
            .resized(width: cover.width, height: cover.height).inBytes()
            .cropped(
                left: (cover.width - small.width) / 2, top: (cover.height - small.height) / 2, width: small.width,
                height: small.height)
        let blurred = sigma > 0 ? try copy.inMemory().blurred(sigma: sigma / factor) : copy
        return try blurred.resized(width: size.width, height: size.height).inBytes()
    }

    // MARK: Gradient

    /// Sides of the picture from which a gradient is enlarged; between its pixels nothing is seen.
    private static let gradientSide = 256

    /// - Parameter colours: top left, top right, bottom left, bottom right.
    private static func gradient(
        between colours: [BorderColours.Colour], _ size: Size, limit: TimeLimit
    ) throws(VipsError) -> Image {
        let corners = colours.map(\.pixel)
        let (width, height) = (min(size.width, gradientSide), min(size.height, gradientSide))
        var samples: [UInt8] = []
        samples.reserveCapacity(3 * width * height)
        for y in 0..<height {
            let down = share(y, of: height)
            let (left, right) = (corners[0].mixed(with: corners[2], down), corners[1].mixed(with: corners[3], down))
            for x in 0..<width {
                let colour = left.mixed(with: right, share(x, of: width))
                for value in [colour.red, colour.green, colour.blue] {
                    samples.append(UInt8(max(0, min(255, value.rounded()))))
                }
            }
        }
        return try Image.colours(samples, width: width, height: height, limit: limit)
            .resized(width: size.width, height: size.height).inBytes()
    }

    /// From 0 to 1.
    private static func share(_ position: Int, of side: Int) -> Double {
        side > 1 ? Double(position) / Double(side - 1) : 0.5
    }
}

extension Pixel {
    /// `share`, 0…1, of the way to another opaque colour.
    fileprivate func mixed(with other: Pixel, _ share: Double) -> Pixel {
        Pixel(
            red: red + (other.red - red) * share, green: green + (other.green - green) * share,
            blue: blue + (other.blue - blue) * share, alpha: 255)
    }
}
