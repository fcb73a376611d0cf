import Deadlines
import Purging
import RedisFixture

/// A region in small: workers that share a Redis and a store.
final class PurgingRegion {
    let name: String
    let redis: RedisServer?
    let store: MemoryStore?
    private(set) var workers: [Worker] = []
    private let adjust: (inout PurgeSettings) -> Void

    init(
        _ name: String, redis: RedisServer?, store: MemoryStore?, workers count: Int = 1,
        _ adjust: @escaping (inout PurgeSettings) -> Void = { _ in }
    ) {
        (self.name, self.redis, self.store, self.adjust) = (name, redis, store, adjust)
        for _ in 0..<count { workers.append(newWorker()) }
        synchronise()
    }

    /// With a store and no Redis.
    convenience init(_ name: String, workers: Int = 1, _ adjust: @escaping (inout PurgeSettings) -> Void = { _ in }) {
        self.init(name, redis: nil, store: MemoryStore(), workers: workers, adjust)
    }

    var one: Worker { workers[0] }

    private func newWorker() -> Worker {
        let (name, adjust) = (name, adjust)
        return Worker(redis: redis, store: store) { settings in
            settings.region = name
            adjust(&settings)
        }
    }

    /// A worker dies, and another takes its place.
    func restart(_ index: Int) { workers[index] = newWorker() }

    func synchronise() {
        for worker in workers { worker.log.synchronise() }
    }
}

extension Worker {
    static let accounts = ["demo", "shop"]

    var vector: PurgeVector { log.current.vector }

    /// What a link does once a second: each tells the other what it knows, and gets what it lacks. Twice is more than is
    /// needed where nothing is lost on the way.
    func exchange(
        _ region: String, with other: Worker, in otherRegion: String, mostBytes: Int = 48 << 10
    ) {
        let (mine, theirs) = (vector, other.vector)
        hear(other.log.offers(to: mine, mostBytes: mostBytes), knowing: theirs, in: region)
        other.hear(log.offers(to: theirs, mostBytes: mostBytes), knowing: mine, in: otherRegion)
    }

    func hear(_ offers: [PurgeOffer], knowing known: PurgeVector, in region: String) {
        log.noteOwnNumber(known[region])
        if offers.contains(where: { $0.source == region }) { log.synchronise() }
        try? log.adopt(offers, accounts: Self.accounts, deadline: Deadline(in: .seconds(5)))
    }
}

/// Regions that tell one another of their purges.
struct PurgingWorld {
    var regions: [PurgingRegion]

    /// Pairs of regions that do not hear each other.
    var cuts: Set<Set<String>> = []

    func areConnected(_ one: PurgingRegion, _ other: PurgingRegion) -> Bool {
        one.name != other.name && !cuts.contains([one.name, other.name])
    }

    func exchange(_ one: PurgingRegion, _ worker: Worker, _ other: PurgingRegion, _ otherWorker: Worker) {
        guard areConnected(one, other) else { return }
        worker.exchange(one.name, with: otherWorker, in: other.name)
    }

    /// Every worker with every other, and each looks around before and after.
    func round() {
        for region in regions { region.synchronise() }
        for (index, one) in regions.enumerated() {
            for other in regions[(index + 1)...] {
                for worker in one.workers {
                    for otherWorker in other.workers { exchange(one, worker, other, otherWorker) }
                }
            }
        }
        for region in regions { region.synchronise() }
    }

    var workers: [Worker] { regions.flatMap(\.workers) }

    /// Whether all know the same of every log.
    var isAgreed: Bool {
        let vector = workers.first?.vector
        return workers.allSatisfy { $0.vector == vector }
    }

    func agrees() -> Bool {
        eventually {
            round()
            return isAgreed
        }
    }
}
