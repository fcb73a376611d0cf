import RenderJobs
import Transformation
import Vips

/// Decodes an original no larger than the first step needs it: what the decoder leaves out costs nothing.
struct Decoder: ~Escapable {
    let source: Source
    private let limit: TimeLimit

    @_lifetime(copy source)
    init(source: Source, limit: TimeLimit) {
        self.source = source
        self.limit = limit
    }

    /// - Parameter target: the size that the whole picture, upright, is scaled to next; `nil` if it is not.
    /// - Returns: the picture upright, in its own colours, at most as large as the original.
    func decode(towards target: Size?, allFrames: Bool) throws(RenderFailure) -> Image {
        do throws(VipsError) {
            let image = try Image.load(
                source.bytes, as: source.format, page: source.page, shrink: shrink(towards: target),
                allFrames: allFrames, limit: limit)
            guard source.orientation > 1 else { return image }
            // Turning reads columns, so the pixels have to be there.
            return try image.inMemory().upright()
        } catch {
            if limit.hasPassed { throw .outOfTime }
            throw .damaged(log: "\(error)")
        }
    }

    private func shrink(towards target: Size?) -> Image.Shrink {
        guard let target else { return .scale(source.scale) }
        let factor = max(
            Double(target.width) / Double(source.size.width), Double(target.height) / Double(source.size.height))
        switch source.format {
        case .jpeg:
            guard let times = [8, 4, 2].first(where: { factor * Double($0) <= 1 }) else { return .none }
            let stored = source.orientationSwapsSides ? source.size.turned : source.size
            return .jpeg(times: times, width: stored.width, height: stored.height)
        case .webp where source.frames == 1 && factor <= 0.25:
            // Twice the size that is needed: libwebp's own scaling is coarse.
            return .scale(factor * 2)
        case .svg, .pdf:
            return .scale(factor * source.scale)
        default:
            return .none
        }
    }
}

extension Size {
    /// Width and height exchanged.
    fileprivate var turned: Size { Size(width: height, height: width) }
}
