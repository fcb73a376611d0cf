import RenderJobs
import Transformation
import Vips

/// Animations: the steps on one frame after the other, with what the first has shown.
extension StepRun {
    /// - Parameter trims: whether a step of the plan may cut uniform edges.
    func carryOut(
        _ rest: Rest, onFramesOf animation: Image, trims: Bool
    ) throws(RenderFailure) -> (Image, Output) {
        var (rest, animation) = (rest, animation)
        rest.isFrame = true
        var findings = Findings()
        if trims {
            // Every frame is looked at before the first is made.
            animation = try vips { () throws(VipsError) in try animation.inMemory() }
            try findBoxes(rest, in: animation, finding: &findings)
        }
        var frames: [Image] = []
        var output = rest.queue.output
        for index in 0..<animation.frameCount {
            let frame = try vips { () throws(VipsError) in try animation.frame(index) }
            let (finished, end) = try carryOut(rest, on: frame, finding: &findings)
            try checkPixels(of: finished, times: animation.frameCount)
            output = end.queue.output
            // Made one after the other: the loader hands out lines in their order, and the pipelines of many frames open at
            // once cost more than their pixels.
            frames.append(try vips { () throws(VipsError) in try finished.inMemory() })
        }
        return (try vips { () throws(VipsError) in try Image.animation(of: frames) }, output)
    }

    /// The frames of an animation are all in memory before it is encoded, so the limit is for all of them together.
    private func checkPixels(of frame: Image, times frames: Int) throws(RenderFailure) {
        guard frame.size.pixels <= limits.outputPixels / frames else {
            throw RenderFailure(TransformationError.limitExceeded(.outputPixels, maximum: limits.outputPixels))
        }
    }

    /// What each trimming step leaves of an animation: one box that holds what any frame shows, so that frames stay of
    /// one size. `frames` are in memory.
    private func findBoxes(_ beginning: Rest, in frames: Image, finding findings: inout Findings) throws(RenderFailure)
    {
        while true {
            var (content, before) = (ContentBox(), nil as Rest?)
            for index in 0..<frames.frameCount {
                let frame = try vips { () throws(VipsError) in try frames.frame(index) }
                let (image, rest) = try carryOut(beginning, on: frame, finding: &findings, stopsBeforeTrim: true)
                guard let threshold = rest.step?.trim else { return }
                try vips { () throws(VipsError) in try content.add(image.inMemory(), threshold: threshold) }
                before = rest
            }
            guard let before else { return }
            let whole = Rectangle(x: 0, y: 0, width: before.size.width, height: before.size.height)
            findings.boxes[before.index] = content.box ?? whole
        }
    }
}
