import Deadlines
import Metrics
import Purging

extension Neighbours {
    /// How this region sees itself and the others, for people.
    package func status() -> RegionFields {
        let (confidence, news) = talk.look()
        var fields = RegionFields()
        fields.add(ExchangeMessage.clock, "\(WallClock.unixMilliseconds)")
        fields.add("region", talk.identity.region)
        fields.add("configuration", talk.identity.configuration)
        fields.add("form", "\(talk.identity.form)")
        fields.add("engine", talk.identity.engine)
        fields.add("confirmed", confidence.isConfirmed ? "yes" : "no")
        fields.add("purges", talk.vector.description)
        for name in news.others {
            let age = news[name].aliveAt.map { "\($0.age(at: .now).wholeMilliseconds)" } ?? "-"
            fields.add("heard", "\(name) \(age) \(neighbours[name]?.health ?? .down)")
        }
        return fields
    }

    /// Sets the gauges of this moment.
    package func updateGauges() {
        let (confidence, news) = talk.look()
        metrics.set(.regionConfirmed, confidence.isConfirmed ? 1 : 0)
        for (place, name) in metrics.regions.enumerated() {
            guard let neighbour = neighbours[name] else { continue }
            let word = news[name]
            let isOther = word.configuration.map { $0 != talk.identity.configuration } ?? false
            let age = (word.confirmedAt ?? talk.start).age(at: .now)
            let offset = abs(neighbour.clockOffset.components.seconds)
            metrics.set(.region(.up, place: place), neighbour.health == .down ? 0 : 1)
            metrics.set(.region(.heardSeconds, place: place), Int(age.components.seconds))
            metrics.set(.region(.otherConfiguration, place: place), isOther ? 1 : 0)
            metrics.set(.region(.clockSeconds, place: place), Int(clamping: offset))
        }
    }
}
