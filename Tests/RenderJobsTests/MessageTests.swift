import Deadlines
import RenderJobs
import Testing
import Transformation

@Suite struct MessageTests {
    static let job = RenderJob(
        plan: "f-auto_webp,q-80:w-300,h-200", rasterisesSVG: true,
        limits: RenderJob.Limits(
            sourcePixels: 100_000_000, outputPixels: 50_000_000, frames: 200, documentBytes: 5_000_000),
        deadline: Deadline(nanoseconds: 1_234_567_890_123), originalCount: 4_711,
        inputs: [.init(name: "picture logo.png", count: 815), .init(name: "font f%C3%A9.ttf", count: 0)])

    static let facts = VariantFacts(
        format: .webp, width: 300, height: 200, frames: 12, count: 98_765, transformation: .milliseconds(31),
        encode: .microseconds(1_500_007))

    static let failures: [RenderFailure] = [
        .notAPicture, .notAvailable(kind: "PSD"), .damaged(log: "Zeile 1\nZeile 2 – ü"), .damaged(log: ""),
        .sourceLimit("pixels", maximum: 100_000_000), .outputLimit("outputPixels", maximum: .max),
        .sourceLimit("frames", maximum: .min), .transformation(message: "f: gif"), .outOfTime,
        .internalFailure(log: "x"), .input("picture logo.png", .notAPicture),
        .input("", .sourceLimit("pixels", maximum: 1)),
    ]

    @Test func jobsComeBackAsTheyWere() throws {
        #expect(try RenderJob(message: Self.job.message) == Self.job)
        var odd = Self.job
        odd.plan = ""
        odd.rasterisesSVG = false
        odd.onlyMeasures = true
        odd.deadline = Deadline(nanoseconds: .min)
        odd.originalCount = .max
        odd.inputs = (0..<RenderJob.maximumInputs).map { .init(name: "\($0)", count: -$0) }
        #expect(try RenderJob(message: odd.message) == odd)
    }

    @Test(arguments: ImageFormat.allCases)
    func factsComeBackAsTheyWere(_ format: ImageFormat) throws {
        var facts = Self.facts
        facts.format = format
        #expect(try RenderOutcome(message: RenderOutcome(.success(facts)).message).result == .success(facts))
    }

    @Test(arguments: failures)
    func failuresComeBackAsTheyWere(_ failure: RenderFailure) throws {
        #expect(try RenderOutcome(message: RenderOutcome(.failure(failure)).message).result == .failure(failure))
    }

    @Test func whatDrawingsMayHoldComesBackAsItWas() throws {
        let memory = MemoryLimit(for: RenderCost(lane: .heavy, bytes: 7_000_000, seconds: 1, drawingBytes: 2_000_000))
        #expect(memory.most == MemoryLimit.allowance + 10_000_000)
        #expect(try MemoryLimit(message: memory.message) == memory)
        #expect(MemoryLimit(for: RenderCost(lane: .heavy, bytes: .max, seconds: 1)).most > Int.max / 4)
        for length in memory.message.indices {
            #expect(throws: MalformedMessage.self) { try MemoryLimit(message: Array(memory.message.prefix(length))) }
        }
        for wrong in [RenderProcessLoop.begun, [0xFE] + [UInt8](repeating: 0xFF, count: 8)] + Self.outcomes {
            #expect(throws: MalformedMessage.self) { try MemoryLimit(message: wrong) }
        }
    }

    /// The worker holds and sends what a render process names.
    @Test(arguments: [
        (0, true), (460_000_000, true), (900_000_000, false), (.max, false), (-1, false), (.min, false),
    ])
    func aVariantIsNoLargerThanItCanBe(_ count: Int, _ mayBe: Bool) {
        var (job, facts) = (Self.job, Self.facts)
        (job.limits.outputPixels, job.originalCount, facts.count) = (50_000_000, 2_000_000, count)
        #expect(job.mayGive(facts) == mayBe)
        (job.limits.outputPixels, job.originalCount) = (.max, .max)
        #expect(job.mayGive(facts) == (count >= 0))
    }

    @Test func aJobWithTooManyInputsIsRefused() {
        var job = Self.job
        job.inputs = [RenderJob.Input](repeating: .init(name: "", count: 0), count: RenderJob.maximumInputs + 1)
        #expect(throws: MalformedMessage.self) { try RenderJob(message: job.message) }
    }

    /// However deep a message says that they are, which would cost as much stack.
    @Test func failuresOfInputsLieInNoOthers() {
        let nested = RenderFailure.input("a", .input("b", .notAPicture))
        #expect(throws: MalformedMessage.self) { try RenderOutcome(message: RenderOutcome(.failure(nested)).message) }
    }

    @Test func everyMessageThatIsCutIsRefused() {
        let job = Self.job.message
        for length in job.indices {
            #expect(throws: MalformedMessage.self) { try RenderJob(message: Array(job.prefix(length))) }
        }
        for message in Self.outcomes {
            for length in message.indices {
                #expect(throws: MalformedMessage.self) { try RenderOutcome(message: Array(message.prefix(length))) }
            }
        }
    }

    /// Whatever the bytes are, the answer is a value or an error; a trap would end the test program.
    @Test func everyByteMayHaveAnyValue() {
        for message in Self.outcomes + [Self.job.message] {
            for index in message.indices {
                for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                    var changed = message
                    changed[index] = value
                    read(changed)
                }
            }
        }
        read([])
        read([UInt8](repeating: 0xFF, count: 1_000))
        read([1] + [UInt8](repeating: 0x7F, count: 1_000))
    }

    private static let outcomes: [[UInt8]] =
        [RenderOutcome(.success(facts)).message] + failures.map { RenderOutcome(.failure($0)).message }

    private func read(_ bytes: [UInt8]) {
        _ = try? RenderJob(message: bytes)
        if case .success(let facts)? = (try? RenderOutcome(message: bytes))?.result {
            _ = facts.transformation.milliseconds + facts.encode.milliseconds
        }
    }
}
