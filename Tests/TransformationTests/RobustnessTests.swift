import Testing
import Transformation

/// Random input: an error or a plan, never a trap.
@Suite struct RobustnessTests {
    private static let alphabet = Array("wharcmfobgqdprxylientSNT0123456789-_,:.%/\\;&=+?#'\" ~@\u{0}\r\n\u{7F}é☃".utf8)
    private static let words = [
        "w-", "h-", "ar-", "cm-extract", "fo-", "bg-", "r-", "rt-", "n-", "l-image,", "l-end", "if-", "if-else",
        "if-end", "_add_",
        "_pow_", "iw", "99999999999999999999", "0.", ",", ":", "-", "N", "%2", "%2e", "%00", "tr:", "tr=", "&", "/",
        "/../", "ik-seo/", "e-",
        "orig-true", "max", "_", "https:", "é", "if-w_gt_1,", "if-ar_lt_4-3_and_", ",if-else,", ",if-end", "w-auto",
        "fo-auto",
        "z-", "bg-blurred_", "w-5,h-6,", "rt-90",
    ].map { Array($0.utf8) }

    private static func bytes(using generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...40, using: &generator) {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.append(UInt8.random(in: .min ... .max, using: &generator))
            case 1: bytes.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
            default: bytes += words[Int.random(in: 0..<words.count, using: &generator)]
            }
        }
        return bytes
    }

    @Test func urls() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<20_000 {
            let path = [UInt8(ascii: "/")] + Self.bytes(using: &generator)
            let query = Self.bytes(using: &generator)
            do throws(TransformationError) {
                let url = try DeliveryURL(
                    path: RequestPath(path), consumed: Int.random(in: 0...2, using: &generator), query: query)
                #expect(!url.object.canonical.isEmpty)
                #expect(url.object.segments.allSatisfy { !$0.contains(0) && $0 != Array("..".utf8) })
                _ = url.object.absoluteURL
                try check(Transformation(url.transformations))
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test func transformations() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<40_000 {
            let text = String(decoding: Self.bytes(using: &generator), as: UTF8.self)
            do throws(TransformationError) {
                try check(Transformation([text], rules: TransformationRules(unknownParameters: .ignore)))
            } catch {
                #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            }
            _ = try? Plan(canonical: text)
            _ = try? Transformation.validate(named: text)
        }
    }

    private func check(_ transformation: Transformation) throws(TransformationError) {
        guard case .variant(let plan) = try transformation.resolve(named: ["a": "w-1"]) else { return }
        #expect(try Plan(canonical: plan.canonical) == plan)
        let size = Size(width: 640, height: 865)
        var queue = StageQueue(plan)
        while let step = queue.next(current: size, source: size) {
            _ = try step.resize?.geometry(current: size, source: size, limits: OutputLimits(pixels: 1_000_000))
        }
    }

    @Test(
        "A19: long input is refused quickly",
        arguments: ["a", ",", ":", "w-1,", "l-image,i-a,", "if-w_gt_1,", "%", "-", "_", "N"])
    func longInput(_ piece: String) {
        let text = String(repeating: piece, count: 65_536 / piece.utf8.count)
        #expect(throws: TransformationError.self) { try Transformation([text]) }
        let shorter = String(text.prefix(16_000))
        #expect(throws: TransformationError.self) { try Transformation([shorter]) }
    }
}
