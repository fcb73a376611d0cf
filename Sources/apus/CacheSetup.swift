import Caching
import Configuration
import Deadlines
import Glibc
import Logging
import Metrics
import OriginMaking
import Processes
import Purging
import Redis
import Storage

/// The internal cache of a worker and the purge log beside it, as the configuration names them.
struct CacheSetup {
    private static let fewestConnections = 8
    /// One answer that comes late is no reason to do without Redis.
    private static let failuresToOpen = 3
    /// Between two looks after the store's folder.
    private static let maintenanceInterval: Duration = .seconds(5)
    /// The purge log is read in pages of that size.
    private static let purgePageBytes = 65_536
    /// More than an encoded entry has beside its value.
    private static let replyOverhead = 1024

    let cache: InternalCache
    /// `nil` where the configuration names none.
    let redis: (any RedisClient)?
    /// `nil` where there is nowhere to keep it.
    let purges: PurgeLog?
    /// Sets the gauges that no event tells of.
    let updateGauges: @Sendable () -> Void
    private let disk: DiskStore?
    private let stopping = Monitor(false)

    init(_ configuration: Configuration, outside: Outside, metrics: Metrics, logger: Logger) throws {
        let client = Self.redis(configuration, metrics, logger)
        let disk = Self.disk(configuration.store, metrics, logger)
        let store: (any Store)? = if let disk { disk } else { try Self.bucket(configuration, outside, logger) }
        let observer = Self.cacheObserver(metrics, logger)
        let redisTier = client.map { client in
            RedisTier(client: client, maxValueBytes: configuration.redis?.maxValueBytes ?? 0, observer: observer)
        }
        cache = InternalCache(
            client: client, redis: redisTier, store: store.map { StoreTier(store: $0, observer: observer) },
            metrics: metrics)
        let purges =
            client == nil && store == nil
            ? nil
            : PurgeLog(PurgeSettings(configuration), redis: client, store: store) { event in
                logger.notice("purge log", metadata: ["event": "\(event)"])
            }
        updateGauges = {
            if let usage = disk?.usage {
                metrics.set(.storeBytes, (usage.bytes ?? 0) + DiskStore.folderBytes)
                metrics.set(.storeLimitBytes, usage.limit + DiskStore.folderBytes)
            }
            if let purges { metrics.set(.purgeRules, purges.ruleCount) }
        }
        self.redis = client
        self.purges = purges
        self.disk = disk
    }

    /// Starts what works beside the requests. The log is read first, so that no request finds it unknown.
    func start() throws(ProcessError) -> [WorkThread] {
        var threads = try cache.start()
        purges?.synchronise()
        try purges?.start()
        if let disk {
            threads.append(
                try WorkThread(named: "store") { [stopping] in
                    repeat {
                        disk.maintain { stopping.withLock { $0 } }
                    } while stopping.wait(until: Deadline(in: Self.maintenanceInterval)) { $0 ? true : nil } == nil
                })
        }
        return threads
    }

    /// - Parameter deadline: what is not in the store by then does not come there.
    func stop(until deadline: Deadline) {
        cache.stop(until: deadline)
        purges?.stop()
        stopping.update { $0 = true }
    }

    // MARK: Redis

    private static func redis(
        _ configuration: Configuration, _ metrics: Metrics, _ logger: Logger
    ) -> (any RedisClient)? {
        guard let redis = configuration.redis else { return nil }
        let limits = ConnectionPool.Limits(
            connections: max(fewestConnections, configuration.workers.slots / 4),
            timeout: configuration.timeouts.redis, replyBytes: max(redis.maxValueBytes, purgePageBytes) + replyOverhead,
            breaker: Breaker.Limits(failuresToOpen: failuresToOpen))
        return RedisDeployment(redis).client(limits: limits) { event in
            if case .server(_, .opened, _) = event { metrics.add(.redisBreakerOpenings) }
            logger.warning("Redis", metadata: ["event": "\(event)"])
        }
    }

    private static func cacheObserver(_ metrics: Metrics, _ logger: Logger) -> RedisTier.Observer {
        { event in
            switch event {
            case .failedToFind(let error), .failedToKeep(let error), .failedToRemove(let error):
                metrics.add(.redisErrors(error.metric))
            case .storeFailed(let error): metrics.add(.storeErrors(error.metric))
            case .defective: break
            }
            logger.debug("cache", metadata: ["event": "\(event)"])
        }
    }

    // MARK: The store

    private static func disk(
        _ store: Configuration.Store?, _ metrics: Metrics, _ logger: Logger
    ) -> DiskStore? {
        guard case .disk(let path, let maxBytes) = store else { return nil }
        return DiskStore(path: path, maxBytes: maxBytes - DiskStore.folderBytes) { event in
            var level = Logger.Level.notice
            switch event {
            case .evicted(let files, let bytes):
                metrics.add(.evictions, files)
                metrics.add(.evictedBytes, bytes)
                level = .debug
            case .failed, .maintenanceFailed: level = .error
            case .leftoversRemoved, .recounted, .recovered: break
            }
            logger.log(level: level, "store", metadata: ["event": "\(event)"])
        }
    }

    private static func bucket(
        _ configuration: Configuration, _ outside: Outside, _ logger: Logger
    ) throws -> S3Store? {
        guard case .s3(let settings) = configuration.store else { return nil }
        let client = try outside.bucket(settings, purpose: "the store", limits: S3Store.transferLimits)
        return S3Store(client) { way, change in
            logger.warning("store", metadata: ["way": "\(way)", "change": "\(change)"])
        }
    }
}

extension PurgeSettings {
    fileprivate init(_ configuration: Configuration) {
        self.init(edgeAge: configuration.cache.edgeAge, maxAge: configuration.cache.longestLife)
        region = configuration.region
        numbersFollowTime = configuration.regions.count > 1
        switch configuration.store {
        case .s3:
            isStoreShared = true
            (storeInterval, idleInterval) = (.seconds(1), .seconds(30))
        // Where Redis is reached over the network there may be other hosts, whose workers do not see this folder.
        case .disk, nil:
            isStoreShared = if case .unix = configuration.redis?.server { true } else { configuration.redis == nil }
        }
    }
}

extension RedisDeployment {
    fileprivate init(_ redis: Configuration.Redis) {
        let login = RedisLogin(user: redis.user, password: redis.password?.value, database: redis.database)
        func place(_ endpoint: Configuration.Redis.Endpoint) -> RedisAddress.Place {
            .tcp(host: endpoint.host, port: endpoint.port)
        }
        func single(_ place: RedisAddress.Place) -> RedisAddress {
            RedisAddress(place, user: login.user, password: login.password, database: login.database)
        }
        switch redis.server {
        case .unix(let path): self = .single(single(.unix(path: path)))
        case .tcp(let endpoint): self = .single(single(place(endpoint)))
        case .sentinel(let sentinels, let master):
            self = .sentinel(sentinels.map { RedisAddress(place($0)) }, master: master, login: login)
        case .cluster(let nodes): self = .cluster(nodes.map(place), login: login)
        }
    }
}

extension RedisError {
    fileprivate var metric: Counter.RedisFault {
        switch self {
        case .unavailable, .crowded, .closed, .unknownHost: .unavailable
        case .timedOut: .timeout
        case .refused: .refused
        case .notRedis, .unexpectedReply, .replyTooLarge: .protocol
        case .failed(.connect, _): .unavailable
        default: .other
        }
    }
}

extension StoreError {
    fileprivate var metric: Counter.StoreFault {
        switch self {
        case .unavailable: .unavailable
        case .full, .tooLarge: .full
        case .readOnly: .readOnly
        case .timedOut: .timeout
        case .refused: .refused
        case .unreachable: .unreachable
        case .system: .system
        }
    }
}
