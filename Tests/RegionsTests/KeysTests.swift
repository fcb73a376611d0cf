import Configuration
import Regions
import Testing

@Suite struct KeysTests {
    private static let secret = "a secret of some length"
    private static let nonce = "0123456789abcdef0123456789abcdef"
    private let body = Array("apus-region: 1\n".utf8)

    private func keys(_ secrets: String...) throws -> RegionKeys {
        try #require(RegionKeys(secrets.map { Secret($0) }))
    }

    /// Computed by another program.
    @Test func signsAsWritten() throws {
        let keys = try keys(Self.secret)
        #expect(
            keys.signature(of: .ask, body: body)
                == "1 c5783949 f4f311a1eebc8bb6db4acfe4ffd8ed195666eed5d3e243a7427f077d3fe1f1c8")
        #expect(
            keys.proof(of: Array("now: 1\n".utf8), to: Self.nonce, with: "c5783949")
                == "99f0b37779738ce7168245bd41c29c8c3a1afa8d4ebb3ba7e1ef4f5a7471efc8")
    }

    @Test func withoutASecretThereAreNone() {
        #expect(RegionKeys([]) == nil)
    }

    struct Forged: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let forge: @Sendable (String) -> String?

        init(_ testDescription: String, _ forge: @escaping @Sendable (String) -> String?) {
            self.testDescription = testDescription
            self.forge = forge
        }
    }

    @Test(arguments: [
        Forged("none") { _ in nil },
        Forged("empty") { _ in "" },
        Forged("of another version") { "2" + $0.dropFirst() },
        Forged("of another key") { $0.replacing("c5783949", with: "c5783948") },
        Forged("without the key") { $0.replacing("c5783949 ", with: "") },
        Forged("cut") { String($0.dropLast(2)) },
        Forged("longer") { $0 + "00" },
        Forged("with a word more") { $0 + " x" },
        Forged("with a space more") { $0.replacing(" ", with: "  ") },
        Forged("in upper case") { $0.uppercased() },
        Forged("of zeros") { $0.prefix(11) + String(repeating: "0", count: 64) },
        Forged("of letters") { $0.prefix(11) + String(repeating: "z", count: 64) },
        Forged("with one digit changed") { String($0.dropLast()) + ($0.hasSuffix("8") ? "9" : "8") },
    ]) func aForgedOneIsNone(_ forged: Forged) throws {
        let keys = try keys(Self.secret)
        let signature = forged.forge(keys.signature(of: .ask, body: body))
        #expect(throws: RegionRefusal.signature) { try keys.verify(signature, of: .ask, body: body) }
    }

    @Test func belongsToItsCallItsBodyAndItsSecret() throws {
        let keys = try keys(Self.secret)
        let signature = keys.signature(of: .ask, body: body)
        #expect(throws: Never.self) { try keys.verify(signature, of: .ask, body: body) }
        #expect(throws: RegionRefusal.signature) { try keys.verify(signature, of: .exchange, body: body) }
        #expect(throws: RegionRefusal.signature) { try keys.verify(signature, of: .ask, body: body + [10]) }
        let others = try self.keys("another secret")
        #expect(throws: RegionRefusal.signature) { try others.verify(signature, of: .ask, body: body) }
    }

    /// Old alone, old first, new first, new alone: every two that follow each other understand each other both ways.
    @Test func aSecretIsReplacedStepByStep() throws {
        let steps = [try keys("old"), try keys("old", "new"), try keys("new", "old"), try keys("new")]
        for (one, next) in zip(steps, steps.dropFirst()) {
            for (asking, asked) in [(one, next), (next, one)] {
                let id = try asked.verify(asking.signature(of: .exchange, body: body), of: .exchange, body: body)
                let proof = try #require(asked.proof(of: body, to: Self.nonce, with: id))
                #expect(asking.isProven(body, to: Self.nonce, by: proof))
            }
        }
        let signature = steps[0].signature(of: .ask, body: body)
        #expect(throws: RegionRefusal.signature) { try steps[3].verify(signature, of: .ask, body: body) }
    }

    @Test func aProofBelongsToItsHeadAndItsQuestion() throws {
        let keys = try keys(Self.secret)
        let proof = try #require(keys.proof(of: body, to: Self.nonce, with: "c5783949"))
        #expect(keys.isProven(body, to: Self.nonce, by: proof))
        #expect(!keys.isProven(body, to: String(Self.nonce.reversed()), by: proof))
        #expect(!keys.isProven(body.dropLast() + [11], to: Self.nonce, by: proof))
        #expect(!keys.isProven(Array(body.dropLast()), to: Self.nonce, by: proof))
        #expect(!keys.isProven(body, to: Self.nonce, by: proof.dropLast()))
        #expect(!keys.isProven(body, to: Self.nonce, by: ""))
        #expect(keys.proof(of: body, to: Self.nonce, with: "00000000") == nil)
        #expect(try !self.keys("another").isProven(body, to: Self.nonce, by: proof))
    }

    /// Who has seen a question cannot answer it with its own signature.
    @Test func aSignatureIsNoProof() throws {
        let keys = try keys(Self.secret)
        let code = try #require(keys.signature(of: .ask, body: body).split(separator: " ").last)
        #expect(!keys.isProven(body, to: "POST\n/_apus/region/ask", by: code))
    }
}
