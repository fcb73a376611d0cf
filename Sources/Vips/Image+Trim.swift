import CVips

extension Image {
    /// The values of the top-left pixel, as `contentBox` takes them.
    package func cornerValues() throws(VipsError) -> [Double] {
        try comparable().apply("extract_area") { apus_vips_crop($0, 0, 0, 1, 1, &$1) }.numbers()
    }

    /// The smallest box outside of which no band of any pixel is further than `threshold` (of 255) from `ground`; nil if
    /// that is so everywhere. Needs the pixels to be there: see `inMemory`.
    package func contentBox(
        on ground: [Double], threshold: Double
    ) throws(VipsError) -> (left: Int, top: Int, width: Int, height: Int)? {
        let ones = [Double](repeating: 1, count: ground.count)
        let content = try comparable().linear(ones, ground.map(-)).magnitude().isAbove(threshold)
            .apply("bandor") { apus_vips_any_band($0, &$1) }
        limit.bind(to: content)
        var rows: UnsafeMutablePointer<VipsImage>?
        let columns = try content.apply("profile") { apus_vips_profile($0, &$1, &rows) }
        guard let rows else { throw .failed("profile") }
        let (height, width) = (Double(totalHeight), Double(self.width))
        let filledColumns = try columns.numbers().map { $0 < height }
        let filledRows = try Image(adopting: rows, limit: limit).numbers().map { $0 < width }
        guard let left = filledColumns.firstIndex(of: true), let right = filledColumns.lastIndex(of: true),
            let top = filledRows.firstIndex(of: true), let bottom = filledRows.lastIndex(of: true)
        else { return nil }
        return (left, top, right - left + 1, bottom - top + 1)
    }

    /// What can be compared band by band: of two pixels that cannot be seen neither has a colour.
    private func comparable() throws(VipsError) -> Image {
        guard hasAlpha else { return self }
        return try apply("premultiply") { apus_vips_premultiply($0, &$1) }
    }
}
