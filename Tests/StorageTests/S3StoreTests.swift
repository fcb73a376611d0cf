import Deadlines
import HostileOrigin
import Memory
import S3
import Storage
import Testing
import Transfer

/// A bucket in memory, which can be away.
private final class Bucket: Sendable {
    struct State {
        var objects: [String: String] = [:]
        var answer: [Action]?
    }

    let state = Monitor(State())

    func set(_ answer: [Action]?) {
        state.withLock { $0.answer = answer }
    }

    func actions(for request: HostileOrigin.Request) -> [Action] {
        state.withLock { state in
            if let answer = state.answer { return answer }
            if request.path.hasPrefix("/photos?") { return .answer(200, body: listing(state, request.path)) }
            switch request.method {
            case "PUT":
                state.objects[request.path] = String(decoding: request.body, as: UTF8.self)
                return .answer(200)
            case "DELETE":
                state.objects[request.path] = nil
                return [.head("HTTP/1.1 204 No Content")]
            default:
                return state.objects[request.path].map { .answer(200, body: $0) }
                    ?? .answer(404, body: "<Error><Code>NoSuchKey</Code></Error>")
            }
        }
    }

    private func listing(_ state: State, _ path: String) -> String {
        let folder = path.split(separator: "prefix=").last.map { $0.replacing("%2F", with: "/") } ?? ""
        let keys = state.objects.keys.map { $0.dropFirst("/photos/".count) }.filter { $0.hasPrefix(folder) }.sorted()
        let contents = keys.map { "<Contents><Key>\($0)</Key></Contents>" }.joined()
        return "<ListBucketResult><IsTruncated>false</IsTruncated>\(contents)</ListBucketResult>"
    }
}

private func store(
    _ origin: HostileOrigin, limits: S3Store.Limits = S3Store.Limits(), transfer: TransferLimits? = nil,
    observer: @escaping @Sendable (S3Store.Way, Breaker.Change) -> Void = { _, _ in }
) throws -> S3Store {
    let generous = TransferLimits(
        connect: .seconds(20), firstByte: .seconds(20), stall: .seconds(20), bodyBytes: 1_000_000)
    let client = S3Client(
        try S3Bucket("photos", endpoint: origin.url, prefix: "eu"),
        credentials: S3Credentials(accessKey: "a", secretKey: "b"), transfer: TransferClient(), purpose: "store",
        limits: transfer ?? generous)
    return S3Store(client, limits: limits, observer: observer)
}

private func name(_ kind: StoreName.Kind, _ text: String) throws -> StoreName {
    try #require(StoreName(kind, text))
}

private var soon: Deadline { Deadline(in: .seconds(30)) }

/// Once given up, the bucket is never asked again.
private var forGood: S3Store.Limits {
    var limits = S3Store.Limits()
    limits.breaker = Breaker.Limits(failuresToOpen: 2, firstHoldOff: .seconds(3600), longestHoldOff: .seconds(3600))
    return limits
}

@Suite("The store in a bucket")
struct S3StoreTests {
    @Test("Keeps, replaces, lists and removes, each kind in its folder")
    func round() throws {
        let bucket = Bucket()
        try HostileOrigin.serve({ bucket.actions(for: $0) }) { origin in
            let store = try store(origin)
            let variant = try name(.variant, "abcdef"), original = try name(.original, "abcdef")
            let purge = try name(.purge, "x")
            #expect(try store.read(variant, until: soon) == nil)
            for (name, text) in [(variant, "one"), (original, "two"), (purge, "three"), (variant, "four")] {
                try store.write([Array(text.utf8), Array("!".utf8)], as: name, until: soon)
            }
            #expect(
                bucket.state.withLock { $0.objects } == [
                    "/photos/eu/variants/ab/abcdef": "four!", "/photos/eu/originals/ab/abcdef": "two!",
                    "/photos/eu/purges/x": "three!",
                ])
            #expect(try store.read(variant, until: soon)?.copied == Array("four!".utf8))
            #expect(try store.names(of: .variant, until: soon) == [variant])
            try store.remove(variant, until: soon)
            try store.remove(variant, until: soon)
            #expect(try store.read(variant, until: soon) == nil)
            #expect(try store.names(of: .variant, until: soon) == [])
            #expect(try store.names(of: .purge, until: soon) == [purge])
        }
    }

    @Test("Names are listed in order; what is not the store's is passed over")
    func names() throws {
        let bucket = Bucket()
        try HostileOrigin.serve({ bucket.actions(for: $0) }) { origin in
            let store = try store(origin)
            let mine = try ["_b", "a", "Ab", "ab", "-"].map { try name(.variant, $0) }
            for name in mine { try store.write([[1]], as: name, until: soon) }
            bucket.state.withLock { state in
                for key in ["ab/other.txt", "xy/abcd", "readme", "ab/", "ab/cd/abcd"] {
                    state.objects["/photos/eu/variants/\(key)"] = ""
                }
            }
            #expect(try store.names(of: .variant, until: soon).map(\.text) == ["-", "Ab", "_b", "a", "ab"])
        }
    }

    @Test("Takes and gives nothing above its limit")
    func size() throws {
        var limits = forGood
        limits.objectBytes = 4
        let bucket = Bucket()
        try HostileOrigin.serve({ bucket.actions(for: $0) }) { origin in
            let store = try store(origin, limits: limits)
            let variant = try name(.variant, "abcdef")
            let tooLarge = StoreError.tooLarge(limit: 4)
            #expect(throws: tooLarge) { try store.write([[1, 2], [3, 4, 5]], as: variant, until: soon) }
            #expect(origin.requests.isEmpty)
            try store.write([[1, 2], [3, 4]], as: variant, until: soon)
            bucket.state.withLock { $0.objects["/photos/eu/variants/ab/abcdef"] = "12345" }
            // An object of that size says nothing against the bucket.
            for _ in 0..<3 { #expect(throws: tooLarge) { try store.read(variant, until: soon) } }
        }
    }

    struct Mishap: CustomTestStringConvertible {
        let name: String
        let answer: [Action]
        let error: StoreError

        var testDescription: String { name }
    }

    @Test(
        "What is wrong with a bucket that does not take anything is told apart",
        arguments: [
            Mishap(
                name: "read-only", answer: .answer(403, body: "<Error><Code>AccessDenied</Code></Error>"),
                error: .readOnly),
            Mishap(
                name: "wrong key", answer: .answer(403, body: "<Error><Code>SignatureDoesNotMatch</Code></Error>"),
                error: .refused(status: 403)),
            Mishap(name: "full", answer: .answer(507), error: .full),
            Mishap(
                name: "quota", answer: .answer(403, body: "<Error><Code>QuotaExceeded</Code></Error>"), error: .full),
            Mishap(
                name: "no bucket", answer: .answer(404, body: "<Error><Code>NoSuchBucket</Code></Error>"),
                error: .refused(status: 404)),
            Mishap(name: "busy", answer: .answer(503), error: .refused(status: 503)),
            Mishap(name: "broken off", answer: [.reset], error: .unreachable),
            Mishap(name: "not HTTP", answer: [.send("hello\r\n\r\n"), .close], error: .unreachable),
        ])
    func mishaps(mishap: Mishap) throws {
        try HostileOrigin.serve({ _ in mishap.answer }) { origin in
            let store = try store(origin)
            let variant = try name(.variant, "abcdef")
            #expect(throws: mishap.error) { try store.write([[1]], as: variant, until: soon) }
        }
    }

    @Test("A bucket that fails twice is not asked any more; purges go all the same")
    func givenUp() throws {
        let bucket = Bucket()
        bucket.set(.answer(400))
        let changes = Monitor<[S3Store.Way]>([])
        try HostileOrigin.serve({ bucket.actions(for: $0) }) { origin in
            let store = try store(origin, limits: forGood) { way, _ in changes.withLock { $0.append(way) } }
            let variant = try name(.variant, "abcdef"), purge = try name(.purge, "x")
            for _ in 0..<2 {
                #expect(throws: StoreError.refused(status: 400)) { try store.read(variant, until: soon) }
            }
            for _ in 0..<20 {
                #expect(throws: StoreError.unavailable) { try store.read(variant, until: soon) }
                #expect(throws: StoreError.unavailable) { try store.names(of: .variant, until: soon) }
            }
            #expect(origin.requests.count == 2)
            #expect(changes.withLock { $0 } == [.read])
            bucket.set(nil)
            // Writes have their own way.
            try store.write([[1]], as: variant, until: soon)
            #expect(throws: StoreError.unavailable) { try store.read(variant, until: soon) }
            try store.write([[1]], as: purge, until: soon)
            #expect(try store.read(purge, until: soon) != nil)
            #expect(try store.names(of: .purge, until: soon) == [purge])
        }
    }

    @Test("A bucket that is back is used again")
    func back() throws {
        var limits = S3Store.Limits()
        limits.breaker = Breaker.Limits(failuresToOpen: 1, firstHoldOff: .zero, longestHoldOff: .zero)
        let bucket = Bucket()
        bucket.set([.close])
        let changes = Monitor<[Breaker.Change]>([])
        try HostileOrigin.serve({ bucket.actions(for: $0) }) { origin in
            let store = try store(origin, limits: limits) { _, change in changes.withLock { $0.append(change) } }
            let variant = try name(.variant, "abcdef")
            for _ in 0..<2 {
                #expect(throws: StoreError.unreachable) { try store.write([[1]], as: variant, until: soon) }
            }
            bucket.set(nil)
            for _ in 0..<2 { try store.write([[1]], as: variant, until: soon) }
            #expect(
                changes.withLock { $0 } == [.opened(holdOff: .zero), .opened(holdOff: .zero), .closed])
        }
    }

    @Test("A silent bucket costs its own limit, and only the first who ask")
    func silent() throws {
        var limits = forGood
        limits.read = .milliseconds(100)
        limits.write = .milliseconds(100)
        try HostileOrigin.serve({ _ in [.silence] }) { origin in
            let store = try store(origin, limits: limits)
            let variant = try name(.variant, "abcdef")
            for expected in [StoreError.timedOut, .timedOut, .unavailable] {
                #expect(throws: expected) { try store.read(variant, until: soon) }
                #expect(throws: expected) { try store.write([[1]], as: variant, until: soon) }
            }
        }
    }

    @Test("Callers in a hurry do not make a bucket unavailable")
    func rushed() throws {
        try HostileOrigin.serve({ _ in [.silence] }) { origin in
            let store = try store(origin, limits: forGood)
            let variant = try name(.variant, "abcdef")
            for _ in 0..<4 {
                #expect(throws: StoreError.timedOut) {
                    try store.read(variant, until: Deadline(in: .milliseconds(20)))
                }
            }
        }
    }
}
