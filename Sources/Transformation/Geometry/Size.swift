/// A size in whole pixels.
package struct Size: Hashable, Sendable {
    package var width: Int
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Width ÷ height; not finite where the height is 0.
    package var ratio: Double { Double(width) / Double(height) }

    /// Number of pixels, saturated.
    package var pixels: Int {
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? .max : product
    }
}

/// A rectangle in whole pixels; the origin is the top-left corner.
package struct Rectangle: Hashable, Sendable {
    package var x: Int
    package var y: Int
    package var size: Size

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        size = Size(width: width, height: height)
    }
}
