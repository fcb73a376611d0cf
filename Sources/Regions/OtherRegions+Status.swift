import Deadlines
import Metrics
import Purging

extension OtherRegions {
    /// How this region sees itself and the others, for people.
    package func status() -> RegionStatus {
        let (confidence, news) = exchanges.look()
        let identity = exchanges.identity
        return RegionStatus(
            region: identity.region, configuration: identity.configuration, form: "\(identity.form)",
            engine: identity.engine, knowsPurgesOfAll: confidence.hasMajority, purges: exchanges.vector,
            heard: news.others.map { name in
                .init(
                    name, age: news[name].aliveAt?.age(at: .now), health: otherRegions[name]?.health ?? .down)
            })
    }

    /// Sets the gauges of this moment.
    package func updateGauges() {
        let (confidence, news) = exchanges.look()
        metrics.set(.regionConfirmed, confidence.hasMajority ? 1 : 0)
        for (place, name) in metrics.regions.enumerated() {
            guard let otherRegion = otherRegions[name] else { continue }
            let known = news[name]
            let isOther = known.configuration.map { $0 != exchanges.identity.configuration } ?? false
            let age = (known.confirmedAt ?? exchanges.start).age(at: .now)
            let offset = abs(otherRegion.clockOffset.ahead.components.seconds)
            metrics.set(.region(.up, place: place), otherRegion.health == .down ? 0 : 1)
            metrics.set(.region(.heardSeconds, place: place), Int(age.components.seconds))
            metrics.set(.region(.otherConfiguration, place: place), isOther ? 1 : 0)
            metrics.set(.region(.clockSeconds, place: place), Int(clamping: offset))
        }
    }
}
