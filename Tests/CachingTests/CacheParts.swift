import Caching
import Deadlines
import Glibc
import Memory
import Metrics
import Processes
import Redis
import RedisFixture
import Storage
import Testing

/// A folder for a store, gone with everything in it when the object is.
final class StorePlace {
    let path: String

    init() throws {
        var template = [CChar]((P_tmpdir + "/apus-caching-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw FixtureError(call: "mkdtemp", errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A store there, ready to be written.
    func store(maxBytes: Int = 400_000_000) -> DiskStore {
        let store = DiskStore(path: path + "/store", maxBytes: maxBytes) { _ in }
        store.maintain()
        return store
    }

    deinit {
        _ = try? ChildProcess(path: "/bin/rm", arguments: ["-rf", "--", path], environment: [:]).waitForEnd()
    }
}

/// An internal cache with real tiers.
final class CacheParts {
    static let maxValueBytes = 10_000

    let place: StorePlace
    let store: DiskStore
    let metrics = Metrics()
    let cache: InternalCache
    private var threads: [WorkThread] = []

    /// - Parameter isStarted: whether its threads run; without them nothing is written later.
    init(_ redis: RedisAddress?, isStarted: Bool = true) throws {
        place = try StorePlace()
        store = place.store()
        let client = redis.map { address in
            ConnectionPool(to: address, limits: .init(connections: 4, timeout: .seconds(10), replyBytes: 1_000_000))
        }
        cache = InternalCache(
            client: client, redis: client.map { RedisTier(client: $0, maxValueBytes: Self.maxValueBytes) },
            store: StoreTier(store: store), metrics: metrics)
        if isStarted { threads = try cache.start() }
    }

    func count(_ counter: Counter) -> UInt64 { metrics.count(of: counter) }

    /// Whether the store has anything under the key.
    func isStored(_ key: EntryKey) throws -> Bool {
        let name = try #require(key.storeName)
        return try store.read(name, until: Deadline(in: .seconds(10))) != nil
    }

    /// Ends the threads, which first write what is queued.
    func stop() {
        cache.stop(until: Deadline(in: .seconds(20)))
        for thread in threads { thread.join() }
        threads = []
    }

    deinit { stop() }
}

extension Samples {
    /// A variant that was made just now.
    static func newVariant(_ body: [UInt8], freshFor seconds: Int64 = 3600) -> Entry {
        let variant = Entry.Variant(contentType: "image/webp", entityTag: "\"1\"", body: body)
        return Entry(content: .variant(variant), lifetime: lifetime(freshFor: seconds), region: "here")
    }

    /// A copy of an original that was made just now.
    static func newOriginal(_ body: [UInt8], freshFor seconds: Int64 = 3600) -> Entry {
        Entry(
            content: .original(Entry.SavedOriginal(body: body)), lifetime: lifetime(freshFor: seconds), region: "here")
    }

    static func newFailure() -> Entry {
        let failure = Entry.Failure(status: 404, code: "ENOENT", message: "nothing")
        return Entry(content: .failure(failure), lifetime: lifetime(freshFor: 60), region: "here")
    }

    /// Kept for an hour longer than fresh.
    static func lifetime(freshFor seconds: Int64) -> Lifetime {
        let now = WallClock.unixSeconds
        return Lifetime(madeAt: now, freshUntil: now + seconds, expiresAt: now + seconds + 3600)
    }
}
