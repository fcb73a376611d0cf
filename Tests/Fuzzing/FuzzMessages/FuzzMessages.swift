import Deadlines
import FirstInputs
import RenderJobs
import Transformation

/// Before the first input.
@c(LLVMFuzzerInitialize)
public func prepare(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    FirstInputs.writeIfAsked {
        let job = RenderJob(
            plan: "f-auto_webp,q-80:w-300", rasterisesSVG: true,
            limits: RenderJob.Limits(
                sourcePixels: 100_000_000, outputPixels: 50_000_000, frames: 200, documentBytes: 5_000_000),
            deadline: Deadline(nanoseconds: 1_234_567_890_123), originalCount: 4_711,
            inputs: [.init(name: "picture logo.png", count: 815), .init(name: "font f.ttf", count: 0)])
        let facts = VariantFacts(
            format: .webp, width: 300, height: 200, frames: 12, count: 98_765, transformation: .milliseconds(31),
            encode: .microseconds(1_500_007))
        let failures: [RenderFailure] = [
            .notAPicture, .damaged(log: "x"), .sourceLimit("pixels", maximum: 5), .transformation(message: "f"),
            .input("picture logo.png", .outputLimit("outputPixels", maximum: .max)),
        ]
        let outcomes = [RenderOutcome(.success(facts))] + failures.map { RenderOutcome(.failure($0)) }
        return FirstInputs(
            words: ImageFormat.allCases.map(\.rawValue), inputs: [job.message] + outcomes.map(\.message))
    }
    return 0
}

/// What travels between a worker and its render process: any bytes are a message or an error. A message that was read is
/// written again and read as the same.
@c(LLVMFuzzerTestOneInput)
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let job = try? RenderJob(message: bytes), (try? RenderJob(message: job.message)) != job {
        violated("a job is read back as another one")
    }
    if let outcome = try? RenderOutcome(message: bytes) {
        let again = try? RenderOutcome(message: outcome.message)
        if again?.result != outcome.result { violated("an outcome is read back as another one") }
    }
    return 0
}
