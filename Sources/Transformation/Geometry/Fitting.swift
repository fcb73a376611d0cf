extension StepGeometry {
    init(unchanged size: Size) {
        self.init(scaled: size, crop: nil, canvas: nil, horizontalScale: 1, verticalScale: 1)
    }

    /// Keeps a window of at most `target` out of the scaled picture.
    mutating func crop(to target: Size, focus: Focus) {
        let width = min(target.width, scaled.width)
        let height = min(target.height, scaled.height)
        guard width < scaled.width || height < scaled.height else { return }
        crop = Rectangle(
            x: focus.horizontal.offset(in: scaled.width - width), y: focus.vertical.offset(in: scaled.height - height),
            width: width, height: height)
    }

    /// Lays what is there on a canvas of at least `target`.
    mutating func pad(to target: Size, focus: Focus) {
        let picture = output
        let size = Size(width: max(target.width, picture.width), height: max(target.height, picture.height))
        guard size != picture else { return }
        canvas = Canvas(
            size: size, x: focus.horizontal.offset(in: size.width - picture.width),
            y: focus.vertical.offset(in: size.height - picture.height))
    }
}

extension Size {
    /// The size with this ratio of which one side is given.
    func following(width: Int?, height: Int?) -> Size {
        if let width {
            Size(width: width, height: wholePixels(Double(self.height) * Double(width) / Double(self.width)))
        } else if let height {
            Size(width: wholePixels(Double(self.width) * Double(height) / Double(self.height)), height: height)
        } else {
            self
        }
    }

    func fits(in target: Size) -> Bool { width <= target.width && height <= target.height }

    /// Whether `target` is at least as wide, for its height, as this.
    private func isNarrower(than target: Size) -> Bool {
        Double(target.width) * Double(height) >= Double(target.height) * Double(width)
    }

    /// The smallest size with this ratio that covers `target`; one side is equal.
    func covering(_ target: Size) -> Size {
        let size =
            isNarrower(than: target)
            ? following(width: target.width, height: nil) : following(width: nil, height: target.height)
        return Size(width: max(target.width, size.width), height: max(target.height, size.height))
    }

    /// The largest size with this ratio that lies within `target`; one side is equal.
    func contained(in target: Size) -> Size {
        let size =
            isNarrower(than: target)
            ? following(width: nil, height: target.height) : following(width: target.width, height: nil)
        return Size(width: min(target.width, size.width), height: min(target.height, size.height))
    }
}
