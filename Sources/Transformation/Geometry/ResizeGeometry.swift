extension Resize {
    /// What this resize does to a picture (reference §4.3, §4.4).
    ///
    /// - Parameters:
    ///   - current: the picture as the step finds it, after orientation.
    ///   - source: the untouched source, after orientation; what `iw`, `ih` and `iar` mean.
    ///   - base: what the picture is laid on, if it is a layer; what `bw`, `bh` and `bar` mean.
    /// - Throws: `undefinedExpression`, `windowOutOfBounds`, `limitExceeded`.
    package func geometry(
        current: Size, source: Size, base: Size? = nil, limits: OutputLimits
    ) throws(TransformationError) -> StepGeometry {
        let current = Size(width: wholePixels(Double(current.width)), height: wholePixels(Double(current.height)))
        let context = ExpressionContext(source: source, current: current, base: base)
        let target = try requestedSize(in: context)
        var geometry = StepGeometry(unchanged: current)
        switch (target.width.map(wholePixels), target.height.map(wholePixels)) {
        case (let width?, let height?):
            try fit(Size(width: width, height: height), of: current, context: context, into: &geometry)
        case (let width?, nil):
            try fit(width: width, height: nil, of: current, context: context, into: &geometry)
        case (nil, let height?):
            try fit(width: nil, height: height, of: current, context: context, into: &geometry)
        case (nil, nil): break
        }
        geometry.followsAttention = seeksAttention && geometry.crop != nil
        try limits.check(geometry.output)
        let side = max(geometry.scaled.width, geometry.scaled.height)
        guard side <= OutputLimits.maximumScaledSide else {
            throw .limitExceeded(.scaledSide, maximum: OutputLimits.maximumScaledSide)
        }
        geometry.horizontalScale = Double(geometry.scaled.width) / Double(current.width)
        geometry.verticalScale = Double(geometry.scaled.height) / Double(current.height)
        return geometry
    }

    /// One dimension is given: the other is the picture's own for windows, or follows from its ratio.
    private func fit(
        width: Int?, height: Int?, of current: Size, context: ExpressionContext, into geometry: inout StepGeometry
    ) throws(TransformationError) {
        let following = current.following(width: width, height: height)
        switch strategy {
        case .extract, .padExtract, .padExtractNoShrink:
            let target = Size(width: width ?? current.width, height: height ?? current.height)
            try fit(target, of: current, context: context, into: &geometry)
        case .padResizeNoEnlarge:
            try fit(following, of: current, context: context, into: &geometry)
        case .atMax, .maintainRatioNoEnlarge:
            let enlarges = (width ?? 0) > current.width || (height ?? 0) > current.height
            if !enlarges { geometry.scaled = following }
        case .maintainRatio, .force, .atMaxEnlarge, .atLeast, .padResize:
            geometry.scaled = following
        }
    }

    private func fit(
        _ target: Size, of current: Size, context: ExpressionContext, into geometry: inout StepGeometry
    ) throws(TransformationError) {
        switch strategy {
        case .maintainRatio:
            geometry.scaled = zoomed(current.covering(target))
            geometry.crop(to: target, focus: focus)
        case .maintainRatioNoEnlarge:
            geometry.scaled = current.covering(target).width < current.width ? current.covering(target) : current
            geometry.crop(to: target, focus: focus)
        case .force:
            geometry.scaled = target
        case .atMax:
            geometry.scaled = current.fits(in: target) ? current : current.contained(in: target)
        case .atMaxEnlarge:
            geometry.scaled = current.contained(in: target)
        case .atLeast:
            geometry.scaled = current.covering(target)
        case .padResize:
            geometry.scaled = current.contained(in: target)
            geometry.pad(to: target, focus: focus)
        case .padResizeNoEnlarge:
            geometry.scaled = current.fits(in: target) ? current : current.contained(in: target)
            geometry.pad(to: target, focus: focus)
        case .extract:
            geometry.scaled = zoomed(current)
            geometry.crop(to: target, focus: focus)
            try placeWindow(requested: target, of: current, context: context, into: &geometry)
        case .padExtract:
            geometry.crop(to: target, focus: focus)
            geometry.pad(to: target, focus: focus)
        case .padExtractNoShrink:
            geometry.pad(to: target, focus: focus)
        }
    }
}

extension Resize {
    private func zoomed(_ size: Size) -> Size {
        guard let zoom else { return size }
        return Size(
            width: wholePixels(Double(size.width) * zoom.value), height: wholePixels(Double(size.height) * zoom.value))
    }
}

// MARK: - Requested size

extension Resize {
    private func requestedSize(in context: ExpressionContext) throws(TransformationError) -> RequestedSize {
        var requestedRatio: (width: Double, height: Double)?
        switch ratio {
        case .fixed(let width, let height)?: requestedRatio = (Double(width), Double(height))
        case .expression(let expression)?:
            guard let value = expression.value(in: context), value > 0 else {
                throw .undefinedExpression(parameter: "ar", value: expression.canonical)
            }
            requestedRatio = (value, 1)
        case nil: break
        }
        return RequestedSize(
            width: try width?.pixels("w", of: context.current.width, in: context),
            height: try height?.pixels("h", of: context.current.height, in: context),
            ratio: requestedRatio, factor: try factor(in: context))
    }

    private func factor(in context: ExpressionContext) throws(TransformationError) -> Double {
        guard let pixelRatio else { return 1 }
        guard let value = pixelRatio.value(in: context), Self.pixelRatioRange.contains(value) else {
            throw .undefinedExpression(parameter: "dpr", value: pixelRatio.canonical)
        }
        return value
    }
}

extension Length {
    /// - Throws: `undefinedExpression`, `limitExceeded`.
    func pixels(
        _ parameter: String, of side: Int, in context: ExpressionContext
    ) throws(TransformationError) -> Double {
        switch self {
        case .pixels(let pixels): return Double(pixels)
        case .fraction(let fraction): return Double(wholePixels(fraction.value * Double(side)))
        case .expression(let expression):
            guard let value = expression.value(in: context), value >= 0 else {
                throw .undefinedExpression(parameter: parameter, value: expression.canonical)
            }
            let pixels = wholePixels(value)
            guard pixels <= OutputLimits.maximumSide else {
                throw .limitExceeded(.outputSide, maximum: OutputLimits.maximumSide)
            }
            return Double(pixels)
        }
    }
}
