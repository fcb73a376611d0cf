import Configuration
import Deadlines
import Logging
import Metrics
import OriginMaking
import Origins

/// The origins of an installation as its requests ask them: bounded, guarded, and once more where they fail by accident.
struct SharedOrigins {
    private let factory: OriginFactory
    private let fetchesPerOrigin: Int
    private let observer: GuardedOrigin.Observer
    private let logger: Logger

    init(_ configuration: Configuration, outside: Outside, metrics: Metrics, logger: Logger) {
        self.logger = logger
        observer = { event in
            if case .opened = event.change { metrics.add(.originBreakerOpenings) }
            logger.warning(
                "origin",
                metadata: [
                    "origin": "\(event.originID)", "host": "\(event.host ?? "")", "change": "\(event.change)",
                    "reason": "\(event.error.map { $0.detail } ?? "")",
                ])
        }
        factory = OriginFactory(configuration, outside: outside)
        fetchesPerOrigin = configuration.workers.slots / 4
    }

    private func patient(_ origin: any Origin, _ kind: OriginSettings.KindName) -> any Origin {
        switch kind {
        // A folder does not fail by accident.
        case .disk: origin
        // Their client knows which of their refusals pass.
        case .s3, .s3Compatible, .cloudinaryBackup: RetryingOrigin(origin, asksAgain: false)
        case .webFolder, .webProxy, .gcs, .azureBlob, .akeneoPIM: RetryingOrigin(origin)
        }
    }

    /// `nil` for one that cannot be made of its settings.
    func make(_ settings: OriginSettings) -> (any Origin)? {
        let origin: any Origin
        do throws(OriginSettingsError) {
            origin = try factory.make(settings)
        } catch {
            logger.error("origin", metadata: ["origin": "\(settings.id)", "reason": "\(error)"])
            return nil
        }
        let patient = patient(origin, settings.kindName)
        let scope: GuardedOrigin.Scope = settings.kind == .webProxy ? .host : .origin
        // Whom the breaker turns away needs no place.
        return GuardedOrigin(BoundedOrigin(patient, limit: fetchesPerOrigin), scope: scope, observer: observer)
    }
}
