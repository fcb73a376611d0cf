import Deadlines
import Memory
import Storage

/// A store in memory that can be told to fail.
final class MemoryStore: Store {
    struct Failures: OptionSet {
        let rawValue: Int
        static let reads = Failures(rawValue: 1)
        static let writes = Failures(rawValue: 2)
        static let lists = Failures(rawValue: 4)
        static let everything: Failures = [.reads, .writes, .lists]
    }

    private struct State {
        var files: [StoreName: [UInt8]] = [:]
        var failures: Failures = []
        var writes = 0
        var reads = 0
        var listingTakes: Duration = .zero
        var whenWriting: @Sendable () -> Void = {}
    }

    private let state = Monitor(State())

    func fail(_ failures: Failures) { state.withLock { $0.failures = failures } }

    /// A listing asked for with less time than this fails when that is over.
    func takeForListing(_ time: Duration) { state.withLock { $0.listingTakes = time } }
    /// What happens between a write and its answer.
    func whenWriting(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.whenWriting = body } }

    var files: [StoreName: [UInt8]] {
        get { state.withLock { $0.files } }
        set { state.withLock { $0.files = newValue } }
    }

    /// In the order of their texts.
    var names: [String] { files.keys.map(\.text).sorted() }
    var writes: Int { state.withLock { $0.writes } }
    var reads: Int { state.withLock { $0.reads } }

    func read(_ name: StoreName, until deadline: Deadline) throws(StoreError) -> SharedMemory? {
        let bytes = try state.withLock { (state) throws(StoreError) in
            state.reads += 1
            guard !state.failures.contains(.reads) else { throw .unreachable }
            return state.files[name]
        }
        guard let bytes else { return nil }
        do {
            var writer = try SharedMemoryWriter(maximum: bytes.count)
            try bytes.withBytes { (bytes) throws(SharedMemoryError) in try writer.append(bytes) }
            return try writer.finish()
        } catch {
            throw .system(call: error.call, errno: error.errno)
        }
    }

    func write(_ parts: [any Blob], as name: StoreName, until deadline: Deadline) throws(StoreError) {
        try state.withLock { (state) throws(StoreError) in
            guard !state.failures.contains(.writes) else { throw .full }
            state.writes += 1
            state.files[name] = parts.flatMap { $0.copied }
        }
        state.withLock { $0.whenWriting }()
    }

    func remove(_ name: StoreName, until deadline: Deadline) throws(StoreError) {
        try state.withLock { (state) throws(StoreError) in
            guard !state.failures.contains(.writes) else { throw .readOnly }
            state.files[name] = nil
        }
    }

    func names(of kind: StoreName.Kind, until deadline: Deadline) throws(StoreError) -> [StoreName] {
        try state.withLock { (state) throws(StoreError) in
            guard !state.failures.contains(.lists) else { throw .unreachable }
            guard state.listingTakes <= deadline.remaining else { throw .timedOut }
            return state.files.keys.filter { $0.kind == kind }.sorted()
        }
    }
}
