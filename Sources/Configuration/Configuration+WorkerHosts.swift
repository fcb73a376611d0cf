extension Configuration {
    /// Several worker hosts make one region only where they share what is kept: a bucket, and a Redis that all of them
    /// reach.
    ///
    /// - Parameter areNamed: Whether the file lists regions; their paths begin with their names then.
    func reportWorkerHosts(_ reading: Reading, areNamed: Bool) {
        for (name, region) in regions.sorted(by: { $0.key < $1.key }) where region.workers.hosts.count > 1 {
            let place = areNamed ? "regions.\(clipped(name))." : ""
            let (store, redis) = name == self.region ? (self.store, self.redis) : (region.store, region.redis)
            let isInBucket = if case .s3 = store { true } else { false }
            if !isInBucket, reading.hasFoundGood("store") {
                reading.report(.required(because: "\(Self.reason): of type S3 or S3_COMPATIBLE"), at: place + "store")
            }
            if redis?.isReached(from: region.workers.hosts) != true, reading.hasFoundGood("redis") {
                reading.report(.required(because: "\(Self.reason): one that all reach over TCP"), at: place + "redis")
            }
        }
    }

    private static let reason = "where workers.hosts names several"
}

extension Reading {
    /// Whether nothing was said so far against any section of that name, or what stands for it on the command line.
    fileprivate func hasFoundGood(_ section: String) -> Bool {
        !problems.contains { $0.path.split(separator: ".").contains { $0 == section || $0 == "--" + section } }
    }
}

extension Configuration.Redis {
    fileprivate func isReached(from hosts: [Configuration.SocketAddress]) -> Bool {
        let isOnOneMachine = hosts.allSatisfy { isLoopbackHost($0.host) }
        let endpoints = server.endpoints
        return !endpoints.isEmpty && (isOnOneMachine || !endpoints.contains { isLoopbackHost($0.host) })
    }
}
