import FirstInputs
import SVGSanitising

/// Before the first input.
@c(LLVMFuzzerInitialize)
public func prepare(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    FirstInputs.writeIfAsked { FirstInputs(words: Drawings.words, inputs: Drawings.all.map { Array($0.utf8) }) }
    return 0
}

/// Any bytes: refused, or a drawing that does nothing, by the judgement of another reader, and that is left as it is when
/// it is sanitised again. Work is bounded by length: libFuzzer's limit of time sees to that.
@c(LLVMFuzzerTestOneInput)
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var limits = SVGLimits()
    limits.outputBytes = 1_000_000
    do throws(SVGError) {
        let drawing = try SVGSanitiser.sanitise(bytes, limits: limits)
        expect(drawing.count <= limits.outputBytes + 200, "\(drawing.count) bytes of \(bytes.count)")
        Harmless.check(drawing)
        checkAgain(drawing, limits)
    } catch {
        expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a reason of several lines: \(error)")
    }
    return 0
}

private func checkAgain(_ drawing: [UInt8], _ limits: SVGLimits) {
    do throws(SVGError) {
        let again = try SVGSanitiser.sanitise(drawing, limits: limits)
        expect(again == drawing, "another drawing the second time: \(String(decoding: again, as: UTF8.self))")
    } catch {
        violated("what was written is refused: \(error)")
    }
}
