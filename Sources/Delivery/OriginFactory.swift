import Configuration
import HTTPRules
import Origins
import Transfer

/// Makes origins of their settings.
struct OriginFactory {
    private let settings: WebSettings
    private let fetchesPerOrigin: Int

    init(_ configuration: Configuration) {
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
        unbounded(origin).map { BoundedOrigin($0, limit: fetchesPerOrigin) }
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
