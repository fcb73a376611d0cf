import Caching
import Configuration
import Deadlines
import Delivery
import Glibc
import Logging
import Memory
import Metrics
import OriginMaking
import Processes
import Purging
import Redis
import Regions
import RenderJobs
import Storage

/// A whole Delivery over real folders, with a configuration as an owner writes it.
final class Installation {
    /// What begins a PNG: enough for an original that goes out as it is.
    static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    struct Failure: Error {
        let call: String
    }

    let delivery: Delivery
    let folder: TemporaryFolder
    let cache: InternalCache
    let metrics: Metrics
    let purges: PurgeLog?
    private var threads: [WorkThread] = []
    private let pool: RenderPool
    private let keeper: WorkThread?

    /// - Parameters:
    ///   - accounts: the `accounts` of the file; relative paths lie in `folder`.
    ///   - settings: whole lines of the file's top level. Other regions that they name answer this one's requests, but are
    ///     not listened to.
    ///   - hasStore: whether there is a store, in `folder`, and with it purges.
    ///   - renders: whether pictures can be made; else the program of the pool does not exist.
    init(
        accounts: String = Installation.oneAccount, settings: [String] = [], folder: TemporaryFolder? = nil,
        redis: RedisAddress? = nil, hasStore: Bool = false, renders: Bool = false
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let timeouts = renders ? "timeouts: { total: 20s }" : "timeouts: { total: 5s, render: 100ms, redis: 5s }"
        let given = settings.contains { $0.hasPrefix("timeouts:") } ? settings : settings + [timeouts]
        let yaml = (given + ["accounts:", accounts]).joined(separator: "\n")
        let configuration = try Configuration.parse(
            [UInt8](yaml.utf8), name: "test.yaml", folder: folder.path, environment: [:])
        let client = redis.map { address in
            ConnectionPool(to: address, limits: .init(connections: 8, timeout: .seconds(5), replyBytes: 1_000_000))
        }
        let store = hasStore ? DiskStore(path: folder.path + "/store", maxBytes: 100_000_000) { _ in } : nil
        store?.maintain()
        let metrics = Metrics()
        self.metrics = metrics
        cache = InternalCache(
            client: client, redis: client.map { RedisTier(client: $0, maxValueBytes: 524_288) },
            store: store.map { StoreTier(store: $0) }, metrics: metrics)
        var purging = PurgeSettings(edgeAge: .zero, maxAge: .seconds(3600))
        purging.region = configuration.region
        purges = store.map { PurgeLog(purging, redis: client, store: $0) }
        pool = RenderPool(
            program: renders ? Self.renderProgram : "/nowhere/apus-render", directory: folder.path,
            environment: ["PATH": "/usr/bin:/bin"], count: 1)
        keeper = renders ? try pool.start() : nil
        let outside = Outside(configuration, environment: [:])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let otherRegions = OtherRegions(
            configuration, engine: Engine.version, transfer: outside.transfer, redis: client, purges: purges,
            metrics: metrics, logger: logger)
        delivery = Delivery(
            configuration: configuration, outside: outside, cache: cache, purges: purges, otherRegions: otherRegions,
            renders: pool, metrics: metrics, logger: logger)
        threads = try cache.start() + delivery.start()
        purges?.synchronise()
        try purges?.start()
    }

    deinit {
        delivery.stop()
        cache.stop(until: Deadline(in: .seconds(20)))
        purges?.stop()
        for thread in threads { thread.join() }
        pool.stop()
        keeper?.join()
    }

    /// Beside the bundle of the tests: the same package has built it.
    private static var renderProgram: String {
        let program = ThisProcess.programPath(of: CommandLine.arguments[0])
        return program[...(program.lastIndex(of: "/") ?? program.startIndex)] + "apus-render"
    }

    static var canRender: Bool { access(renderProgram, X_OK) == 0 }

    /// Account `demo` with its originals in the folder `photos`.
    static let oneAccount = """
          - id: demo
            privateKeys: [first-key, second-key]
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
            namedTransformations: { thumb: "w-150,h-150", untouched: "orig-true" }
        """

    /// Answers `target`, which is a path with or without a query.
    func get(_ target: String, change: (inout DeliveryRequest) -> Void = { _ in }) -> DeliveryResponse {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var request = DeliveryRequest(
            path: parts[0], query: parts.count > 1 ? parts[1] : "", host: "localhost:8080",
            remoteAddress: "203.0.113.9",
            id: "request-1")
        change(&request)
        return delivery.answer(request)
    }

    /// The entity tag of what a URL stands for, which is told without making it.
    func entityTag(_ target: String, accept: String? = nil, host: String = "localhost") -> String? {
        let response = get(target) {
            $0.ifNoneMatch = "*"
            $0.accept = accept
            $0.host = host
        }
        return response.status == 304 ? response.header("ETag") : nil
    }
}

extension DeliveryResponse {
    var text: String { String(decoding: body.copied, as: UTF8.self) }
    /// The code of `ik-error`.
    var code: String? { header("ik-error")?.split(separator: " ").first.map(String.init) }

    func count(of name: String) -> Int { headers.count { $0.name == name } }
}

/// A folder with folders and files, gone when the object is.
final class TemporaryFolder {
    let path: String
    private var made: [String] = []

    init() throws {
        var template = [CChar]((P_tmpdir + "/apus-delivery-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Installation.Failure(call: "mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes `folder/name`, and makes the folder where it is missing.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let parts = name.split(separator: "/")
        for count in 1..<max(1, parts.count) {
            let parent = path + "/" + parts.prefix(count).joined(separator: "/")
            if mkdir(parent, 0o700) == 0 { made.append(parent) }
        }
        let file = path + "/" + name
        guard let handle = fopen(file, "w") else { throw Installation.Failure(call: "fopen") }
        defer { fclose(handle) }
        made.append(file)
        guard fwrite(bytes, 1, bytes.count, handle) == bytes.count else { throw Installation.Failure(call: "fwrite") }
    }

    func writePNG(_ name: String) throws {
        try write(name, Installation.pngSignature + [UInt8](name.utf8))
    }

    deinit {
        // What render processes leave for libvips lies there too.
        for name in made.reversed() { remove(name) }
        _ = try? ChildProcess(path: "/bin/rm", arguments: ["-rf", "--", path], environment: [:]).waitForEnd()
    }
}
