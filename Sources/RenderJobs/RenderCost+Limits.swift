import PictureHeaders

extension RenderCost.Part {
    /// The limit of originals that this exceeds by its header, as a render process would say; `nil` where the header says
    /// nothing against it.
    ///
    /// - Parameter page: the frame that is asked for, from 1; `nil`: the whole animation.
    package func excess(over limits: RenderJob.Limits, page: Int?) -> RenderFailure? {
        guard let header else { return nil }
        // Frames are made of those before them.
        let frames = header.kind == .gif || header.kind == .webp ? page ?? header.frames : 1
        guard frames <= limits.frames else { return .sourceLimit("frames", maximum: limits.frames) }
        let (pixels, overflow) = header.pixels.multipliedReportingOverflow(by: max(1, frames))
        guard overflow || pixels > limits.sourcePixels else { return nil }
        return .sourceLimit("pixels", maximum: limits.sourcePixels)
    }
}
