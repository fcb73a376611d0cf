package import Configuration
package import Logging
package import Metrics
package import Purging
package import Redis
package import S3
package import Transfer

extension PurgesOfCDNs {
    /// `nil` where no URL endpoint names a CDN.
    ///
    /// - Parameters:
    ///   - roles: the credentials of the machine's role.
    ///   - redis: `nil` where there is none.
    ///   - purges: of this region or of all.
    ///   - standIns: as for the other `init`.
    package convenience init?(
        _ configuration: Configuration, transfer: TransferClient, roles: any S3CredentialSource,
        redis: (any RedisClient)?, purges: any Purges, log: PurgeLog, metrics: Metrics, logger: Logger,
        standIns: @escaping @Sendable () -> [String: UInt64]
    ) {
        var settings: [CDNSettings] = []
        var endpoints: [(endpoint: FrontedEndpoint, cdn: Int)] = []
        for account in configuration.accounts {
            for endpoint in account.urlEndpoints {
                guard let cdn = endpoint.cdn else { continue }
                let place = settings.firstIndex(of: cdn) ?? settings.count
                if place == settings.count { settings.append(cdn) }
                let fronted = FrontedEndpoint(
                    account: account.id, prefix: endpoint.urlPrefix, origins: Set(endpoint.origins),
                    hosts: endpoint.hosts, sharedHost: configuration.dns?.host ?? "")
                endpoints.append((fronted, place))
            }
        }
        guard !settings.isEmpty else { return nil }
        let limits = TransferLimits(
            connect: configuration.timeouts.connect, firstByte: Self.firstByte, stall: configuration.timeouts.stall,
            bodyBytes: Self.answerBytes)
        let cdns = settings.map { settings in
            let caller = settings.caller(transfer: transfer, roles: roles, limits: limits)
            let marks = redis.map { CDNMarks($0, name: caller.name) }
            return FrontedCDN(caller, marks: marks, metrics: metrics, logger: logger)
        }
        self.init(
            endpoints: endpoints, cdns: cdns, purges: purges, log: log, metrics: metrics, logger: logger,
            standIns: standIns)
    }

    /// Nobody waits for the answer.
    private static let firstByte: Duration = .seconds(10)
    private static let answerBytes = 256 * 1024
}

extension CDNSettings {
    fileprivate func caller(
        transfer: TransferClient, roles: any S3CredentialSource, limits: TransferLimits
    ) -> any CDNCalling {
        switch self {
        case .cloudFront(let distribution, let keys, let endpoint):
            let own = S3Credentials(accessKey: keys.accessKey.value, secretKey: keys.secretKey.value)
            return CloudFront(
                distribution: distribution, endpoint: endpoint?.description,
                credentials: keys.useIAMRole ? roles : own, transfer: transfer, limits: limits)
        case .http(let purge): return RequestedCDN(purge, transfer: transfer, limits: limits)
        }
    }
}
