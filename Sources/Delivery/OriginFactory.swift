import Configuration
import Deadlines
import HTTPRules
import Logging
import Metrics
import Origins
import Transfer

/// Makes origins of their settings.
struct OriginFactory {
    private let settings: WebSettings
    private let fetchesPerOrigin: Int
    private let observer: GuardedOrigin.Observer

    init(_ configuration: Configuration, metrics: Metrics, logger: Logger) {
        observer = { event in
            if case .opened = event.change { metrics.add(.originBreakerOpenings) }
            logger.warning(
                "origin",
                metadata: [
                    "origin": "\(event.originID)", "host": "\(event.host ?? "")", "change": "\(event.change)",
                    "reason": "\(event.error.map { $0.detail } ?? "")",
                ])
        }
        let timeouts = configuration.timeouts
        settings = WebSettings(
            client: TransferClient(caFile: configuration.network.caFile),
            timeouts: OriginTimeouts(
                connect: timeouts.connect, firstByte: timeouts.firstByte, stall: timeouts.stall),
            strangers: .publicOnly(allowed: configuration.network.allow.compactMap { IPRange($0) }),
            redirects: configuration.limits.redirects, requestSource: configuration.network.requestedBy,
            via: configuration.via)
        fetchesPerOrigin = configuration.workers.slots / 4
    }

    /// `nil` for what cannot be asked: kinds that are not available yet.
    func make(_ origin: OriginSettings, of account: Account) -> (any Origin)? {
        guard let made = unbounded(origin) else { return nil }
        let scope: GuardedOrigin.Scope = origin.kind == .webProxy ? .host : .origin
        // Whom the breaker turns away needs no place.
        return GuardedOrigin(BoundedOrigin(made, limit: fetchesPerOrigin), scope: scope, observer: observer)
    }

    private func unbounded(_ origin: OriginSettings) -> (any Origin)? {
        switch origin.kind {
        case .disk(let path): DiskOrigin(id: origin.id, root: path)
        case .webProxy: WebProxyOrigin(id: origin.id, settings: settings)
        case .webFolder(let folder):
            try? WebFolderOrigin(
                id: origin.id, baseURL: folder.baseUrl.description,
                forwardHostHeaderToOrigin: folder.forwardHostHeaderToOrigin, settings: settings)
        case .s3, .s3Compatible, .cloudinaryBackup, .gcs, .azureBlob, .akeneoPIM: nil
        }
    }
}
