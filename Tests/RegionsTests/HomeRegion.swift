import Caching
import Configuration
import Deadlines
import Digests
import HostileOrigin
import Memory
import Purging
import Regions
import Testing
import Transfer

/// The other side of a `RegionCaller`: what a region would answer, and what it had better not.
struct HomeRegion: Sendable {
    static let secret = Secret("a secret of the regions")

    private let gate: RegionGate

    init() throws {
        let keys = try #require(RegionKeys([Self.secret]))
        gate = RegionGate(region: "us", others: ["eu"], keys: keys, nonces: Nonces(redis: nil))
    }

    static func caller(
        _ url: String, secret: Secret = HomeRegion.secret, _ change: (inout RegionCaller.Limits) -> Void = { _ in }
    ) throws -> RegionCaller {
        var limits = RegionCaller.Limits()
        (limits.connect, limits.stall) = (.seconds(20), .seconds(20))
        change(&limits)
        return RegionCaller(
            "us", from: "eu", url: try #require(WebURL(url)), keys: try #require(RegionKeys([secret])),
            transfer: TransferClient(), limits: limits)
    }

    /// Asks a server that does as it is told.
    static func ask(
        _ script: @escaping HostileOrigin.Script, _ limits: (inout RegionCaller.Limits) -> Void = { _ in }
    ) throws -> RegionReply {
        try HostileOrigin.serve(script) { server in
            try caller(server.url, limits).ask(question, clockOffset: .none, until: Deadline(in: .seconds(20)))
        }
    }

    /// What is made of what it says.
    func ask(_ said: Said) throws -> RegionReply {
        try Self.ask { answer($0, said) }
    }

    // MARK: Requests

    func admit(_ request: HostileOrigin.Request) throws -> RegionGate.Admitted {
        try gate.admit(
            path: request.path, body: request.body, signature: request.headers["x-apus-signature"],
            until: Deadline(in: .seconds(20)))
    }

    /// What it would answer, if the request is one.
    func answer(_ request: HostileOrigin.Request, _ said: Said) -> [Action] {
        do {
            let admitted = try admit(request)
            let now = WallClock.unixMilliseconds + said.ahead
            guard admitted.call == .ask else {
                let sealed = try #require(gate.sealed(said.told, for: admitted, now: now))
                return Self.http(200, ["x-apus-head: \(sealed.header)"], sealed.bytes)
            }
            let question = try RegionQuestion(admitted.fields)
            var asked = question
            said.change(&asked)
            let answer = try #require(
                RegionAnswer(said.head, said.entry, to: asked, of: admitted, through: gate, now: now))
            return said.distort(Sent(header: answer.header, body: answer.body)).actions(said.following)
        } catch {
            let refusal = (error as? RegionRefusal) ?? .malformed
            return Self.http(refusal.status, ["x-apus-refusal: \(refusal.rawValue)"])
        }
    }

    static func http(_ status: Int, _ headers: [String] = [], _ body: [UInt8] = []) -> [Action] {
        let lines = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.count)"] + headers
        return [.send(lines.joined(separator: "\r\n") + "\r\n\r\n"), .sendBytes(body)]
    }

    // MARK: Answers

    /// Header and body on their way.
    struct Sent: Sendable {
        var header: String
        var body: [UInt8]
        /// What is announced, if not what comes.
        var length: Int?

        func actions(_ following: [Action]) -> [Action] {
            var lines = ["HTTP/1.1 200 OK", "x-apus-head: \(header)"]
            if following.isEmpty || length != nil { lines.append("Content-Length: \(length ?? body.count)") }
            return [.send(lines.joined(separator: "\r\n") + "\r\n\r\n"), .sendBytes(body)] + following
        }

        /// Where the entry begins.
        var headBytes: Int { header.split(separator: " ").first.flatMap { Int($0) } ?? 0 }
    }

    struct Said: Sendable {
        var head: RegionAnswerHead
        var entry: Entry?
        /// How far its clock is ahead, in milliseconds.
        var ahead: Int64 = 0
        var told = RegionFields()
        /// Of the question that it answers.
        var change: @Sendable (inout RegionQuestion) -> Void = { _ in }
        var distort: @Sendable (Sent) -> Sent = { $0 }
        /// After the entry; the connection is closed then.
        var following: [Action] = []

        init(_ kind: RegionAnswerHead.Kind, _ entry: Entry?) {
            head = RegionAnswerHead(
                kind, purges: HomeRegion.question.purges, configuration: "c", engine: "3")
            head.state = kind == .error ? nil : .fresh
            self.entry = entry
        }

        static var variant: Said { Said(.entry, HomeRegion.variant) }

        static func file(_ bytes: String, length: Int?) -> Said {
            var said = Said(.file, HomeRegion.file)
            said.head.fileLength = length
            said.following = [.send(bytes), .close]
            return said
        }

        func with(_ change: (inout Said) -> Void) -> Said {
            var said = self
            change(&said)
            return said
        }
    }

    static let question = RegionQuestion(
        deadline: .seconds(60), engine: "3", configuration: "c", purges: PurgeVector(["eu": 7]),
        client: ClientRequest(host: "localhost", path: "/demo/a.jpg", query: ""))

    /// Unix seconds.
    static let made: Int64 = 1_795_000_000

    /// Its body is as long as a picture, and no text.
    static let variant = Entry(
        content: .variant(
            .init(
                contentType: "image/webp", entityTag: "\"tag\"", width: 300,
                body: (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })),
        lifetime: Lifetime(madeAt: made, freshUntil: made + 10_000_000), region: "us", purgeEpoch: 12,
        source: Entry.Source(originID: "shop", identity: "x", tags: ["t"]))

    static let file = Entry(
        content: .file(.init(contentType: "video/mp4", entityTag: "\"film\"", length: 10)),
        lifetime: Lifetime(madeAt: made, freshUntil: made + 10_000_000), region: "us")
}
