package import Deadlines
package import Memory
package import S3
package import Transfer

/// A store in a bucket. Names become the keys `variants/ab/NAME` and `originals/ab/NAME`, where `ab` begins the name, and
/// `purges/NAME`, below the bucket's prefix.
///
/// The bucket's lifecycle rules are its size limit: one that expires `variants/` and `originals/` after `cache.maxAge`
/// keeps it from growing without end; none may touch `purges/`. The credentials need `s3:GetObject`, `s3:PutObject`,
/// `s3:DeleteObject` and `s3:ListBucket`; without the last, Amazon says of what is missing that it is forbidden.
///
/// A bucket that is away is asked rarely: two failures in a row close the way to it for a while. Reads and writes have a
/// way each, since a bucket may still be read when it cannot be written to. Purges always go: somebody waits for them,
/// and nothing else can take their place.
package final class S3Store: Store {
    package struct Limits: Sendable, Hashable {
        /// The largest thing kept or read, in bytes.
        package var objectBytes = 64 * 1024 * 1024
        /// The longest that a read takes.
        package var read: Duration = .seconds(5)
        /// The longest that a write or a removal takes.
        package var write: Duration = .seconds(10)
        /// The longest that a listing takes.
        package var list: Duration = .seconds(30)
        /// When the bucket is given up, and for how long.
        package var breaker = Breaker.Limits(
            failuresToOpen: 2, firstHoldOff: .seconds(1), longestHoldOff: .seconds(15))

        package init() {}
    }

    /// What has a breaker of its own.
    package enum Way: String, Sendable {
        case read, write
    }

    /// For the client: a bucket near by answers within milliseconds, and the origin can be asked instead.
    package static let transferLimits = TransferLimits(
        connect: .seconds(1), firstByte: .seconds(2), stall: .seconds(2), bodyBytes: 64 * 1024 * 1024)

    private let client: S3Client
    private let limits: Limits
    private let reads: Monitor<Breaker>
    private let writes: Monitor<Breaker>
    private let observer: @Sendable (Way, Breaker.Change) -> Void

    /// - Parameter observer: is told when a way closes or opens, for the log; called on the thread that met it.
    package init(
        _ client: S3Client, limits: Limits = Limits(),
        observer: @escaping @Sendable (Way, Breaker.Change) -> Void = { _, _ in }
    ) {
        self.client = client
        self.limits = limits
        self.observer = observer
        reads = Monitor(Breaker(limits.breaker))
        writes = Monitor(Breaker(limits.breaker))
    }

    package func read(_ name: StoreName, until deadline: Deadline) throws(StoreError) -> SharedMemory? {
        try ask(.read, about: name.kind, for: limits.read, deadline) { (end) throws(S3Error) in
            try client.getObject(Self.key(of: name), limit: limits.objectBytes, until: end)
        }
    }

    package func write(_ parts: [any Blob], as name: StoreName, until deadline: Deadline) throws(StoreError) {
        var room = limits.objectBytes
        for part in parts {
            guard part.count <= room else { throw .tooLarge(limit: limits.objectBytes) }
            room -= part.count
        }
        try ask(.write, about: name.kind, for: limits.write, deadline) { (end) throws(S3Error) in
            try client.putObject(parts, as: Self.key(of: name), until: end)
        }
    }

    package func remove(_ name: StoreName, until deadline: Deadline) throws(StoreError) {
        try ask(.write, about: name.kind, for: limits.write, deadline) { (end) throws(S3Error) in
            try client.deleteObject(Self.key(of: name), until: end)
        }
    }

    /// Passes over objects that are not the store's own.
    package func names(of kind: StoreName.Kind, until deadline: Deadline) throws(StoreError) -> [StoreName] {
        let keys = try ask(.read, about: kind, for: limits.list, deadline) { (end) throws(S3Error) in
            try client.listObjects(prefix: Self.folder(of: kind), maximum: StoreName.mostListed, until: end)
        }
        return keys.compactMap { key in
            let text = key.split(separator: "/").last.map(String.init) ?? ""
            return StoreName(kind, text).flatMap { Self.key(of: $0) == key ? $0 : nil }
        }.sorted()
    }

    private static func folder(of kind: StoreName.Kind) -> String {
        switch kind {
        case .variant: "variants/"
        case .original: "originals/"
        case .purge: "purges/"
        }
    }

    private static func key(of name: StoreName) -> String {
        let group = name.kind == .purge ? "" : name.text.prefix(2) + "/"
        return folder(of: name.kind) + group + name.text
    }

    /// Asks the bucket, if its breaker lets us or the matter is a purge, and tells the breaker what came of it.
    private func ask<Answer>(
        _ way: Way, about kind: StoreName.Kind, for limit: Duration, _ deadline: Deadline,
        _ body: (Deadline) throws(S3Error) -> Answer
    ) throws(StoreError) -> Answer {
        let breaker = way == .read ? reads : writes
        let ticket = breaker.withLock { $0.admit(now: .now) }
        guard ticket != nil || kind == .purge else { throw .unavailable }
        func settle(_ outcome: Breaker.Outcome) {
            guard let ticket, let change = breaker.withLock({ $0.settle(ticket, outcome, now: .now) }) else { return }
            observer(way, change)
        }
        let end = Deadline(in: limit)
        do throws(S3Error) {
            let answer = try body(min(end, deadline))
            settle(.succeeded)
            return answer
        } catch {
            settle(Self.outcome(of: error, isRushed: deadline < end))
            throw StoreError(error, way)
        }
    }

    private static func outcome(of error: S3Error, isRushed: Bool) -> Breaker.Outcome {
        switch error {
        case .tooLarge, .transfer(.tooLarge): .succeeded
        case .memory, .badKey: .abandoned
        case .transfer(.timedOut(.total)) where isRushed: .abandoned
        default: .failed
        }
    }
}

extension StoreError {
    fileprivate init(_ error: S3Error, _ way: S3Store.Way) {
        self =
            switch error {
            case .tooLarge(let limit), .transfer(.tooLarge(let limit)): .tooLarge(limit: limit)
            case .transfer(.timedOut): .timedOut
            case .refused(507, _, _), .refused(_, "QuotaExceeded", _): .full
            case .refused(403, "AccessDenied", _) where way == .write: .readOnly
            case .refused(let status, _, _): .refused(status: status)
            case .memory(let error): .system(call: error.call, errno: error.errno)
            case .transfer, .malformed, .noCredentials, .badBucket, .badRegion, .badEndpoint, .badKey: .unreachable
            }
    }
}
