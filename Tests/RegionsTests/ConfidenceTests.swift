import Deadlines
import Purging
import Regions
import Testing

/// Which regions are heard, and what follows from it; on a clock of its own.
@Suite struct ConfidenceTests {
    private static let start = Deadline(nanoseconds: 1_000_000_000_000)
    private static let limits = Confidence.Limits(confirm: .seconds(60), edgeAge: .zero)

    private static func at(_ seconds: Int) -> Deadline { start.later(by: .seconds(seconds)) }

    /// The others of a world of so many regions: `b`, `c`, …; this one is `a`.
    private static func others(of count: Int) -> [String] { Array(["b", "c", "d", "e", "f"].prefix(count - 1)) }

    /// What `a` has heard directly, by region, at seconds after its start.
    private static func news(_ count: Int, heard: [String: Int]) -> RegionNews {
        var news = RegionNews(own: "a", others: others(of: count))
        for (region, time) in heard {
            let message = ExchangeMessage.of(region)
            news.hear(message, from: region, at: at(time))
            news.confirm(message, from: region, at: at(time))
        }
        return news
    }

    private static func confidence(_ news: RegionNews, at seconds: Int) -> Confidence {
        Confidence(news, limits: limits, start: start, now: at(seconds))
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let regions: Int
        let heard: [String: Int]
        let now: Int
        let hasMajority: Bool
        let unheard: Set<String>
        var testDescription: String { "\(regions) regions, heard \(heard), at \(now)" }

        init(
            _ regions: Int, heard: [String: Int], at now: Int, hasMajority: Bool, unheard: Set<String> = []
        ) {
            (self.regions, self.heard, self.now) = (regions, heard, now)
            (self.hasMajority, self.unheard) = (hasMajority, unheard)
        }
    }

    @Test(arguments: [
        Case(2, heard: [:], at: 0, hasMajority: false, unheard: ["b"]),
        Case(2, heard: ["b": 0], at: 59, hasMajority: true),
        Case(2, heard: ["b": 0], at: 60, hasMajority: false, unheard: ["b"]),
        Case(3, heard: [:], at: 0, hasMajority: false, unheard: ["b", "c"]),
        Case(3, heard: ["b": 100], at: 100, hasMajority: true, unheard: ["c"]),
        Case(4, heard: ["b": 100], at: 100, hasMajority: false, unheard: ["c", "d"]),
        Case(4, heard: ["b": 100, "c": 90], at: 100, hasMajority: true, unheard: ["d"]),
        Case(6, heard: ["b": 100, "c": 100], at: 100, hasMajority: false, unheard: ["d", "e", "f"]),
        Case(6, heard: ["b": 100, "c": 100, "d": 100], at: 100, hasMajority: true, unheard: ["e", "f"]),
        Case(6, heard: ["b": 100, "c": 100, "d": 30], at: 100, hasMajority: false, unheard: ["d", "e", "f"]),
        Case(6, heard: ["b": 100, "c": 100, "d": 100, "e": 100, "f": 100], at: 100, hasMajority: true),
    ])
    func whoeverHearsNoMajorityMarksItsAnswers(_ test: Case) {
        let confidence = Self.confidence(Self.news(test.regions, heard: test.heard), at: test.now)
        #expect(confidence.hasMajority == test.hasMajority)
        #expect(confidence.unheard == test.unheard)
    }

    private static let purge = PurgeRule.Source(region: "a", number: 7)

    private static func obeying(_ news: RegionNews, _ regions: [String], _ vector: PurgeVector) -> RegionNews {
        var news = news
        for region in regions {
            news.hear(.of(region, settled: vector), from: region, at: at(100))
        }
        return news
    }

    @Test func aPurgeIsCompletedWhenEverybodyObeysIt() {
        var news = Self.news(3, heard: ["b": 100, "c": 100])
        news = Self.obeying(news, ["b"], PurgeVector(["a": 8]))
        #expect(!Self.confidence(news, at: 100).isObeyed(Self.purge, by: news))
        news = Self.obeying(news, ["c"], PurgeVector(["a": 6, "c": 99]))
        #expect(!Self.confidence(news, at: 100).isObeyed(Self.purge, by: news))
        news = Self.obeying(news, ["c"], PurgeVector(["a": 7]))
        #expect(Self.confidence(news, at: 100).isObeyed(Self.purge, by: news))
    }

    @Test func theNextByNameStandsInForThoseThatAreGone() {
        var news = RegionNews(own: "b", others: ["a", "c", "d", "e"])
        for region in news.others {
            let message = ExchangeMessage.of(region, settled: PurgeVector(region == "a" ? [region: 5] : [:]))
            news.hear(message, from: region, at: Self.at(100))
            news.confirm(message, from: region, at: Self.at(100))
        }
        #expect(Self.confidence(news, at: 100).standIns(news) == [:])
        news.dialled("a", refused: true, at: Self.at(100))
        #expect(Self.confidence(news, at: 106).standIns(news) == ["a": 5])
        // It comes after the last, where the first is gone, too.
        for region in ["d", "e"] { news.dialled(region, refused: true, at: Self.at(100)) }
        #expect(Self.confidence(news, at: 106).standIns(news) == ["a": 5, "d": 0, "e": 0])
        news.hear(.of("a"), from: "a", at: Self.at(106))
        #expect(Self.confidence(news, at: 106).standIns(news) == [:])
    }

    @Test func aSilentRegionIsWaitedForUntilItMarksItsAnswers() {
        var news = Self.news(3, heard: ["b": 200, "c": 140])
        news = Self.obeying(news, ["b"], PurgeVector(["a": 7]))
        #expect(Self.confidence(news, at: 204).gone == [])
        #expect(!Self.confidence(news, at: 204).isObeyed(Self.purge, by: news))
        #expect(Self.confidence(news, at: 205).gone == ["c"])
        #expect(Self.confidence(news, at: 205).isObeyed(Self.purge, by: news))
    }

    /// Its nginx goes on with unmarked copies for a while.
    @Test func aSilentRegionIsWaitedForUntilItsEdgesAre() {
        let limits = Confidence.Limits(confirm: .seconds(60), edgeAge: .seconds(10))
        let news = Self.news(3, heard: ["b": 200, "c": 140])
        #expect(Confidence(news, limits: limits, start: Self.start, now: Self.at(214)).gone == [])
        #expect(Confidence(news, limits: limits, start: Self.start, now: Self.at(215)).gone == ["c"])
    }

    /// Two of three that are back before this one would take each other for the majority.
    @Test(arguments: [(3, ["b"], true), (3, ["b", "c"], false), (4, ["b", "c"], true), (2, ["b"], true)])
    func noMoreThanHalfIsDoneWithout(_ regions: Int, _ stopped: [String], _ isObeyed: Bool) {
        var news = Self.news(regions, heard: [:])
        for region in Self.others(of: regions) {
            if stopped.contains(region) {
                news.dialled(region, refused: true, at: Self.at(90))
            } else {
                news.hear(.of(region, settled: PurgeVector(["a": 7])), from: region, at: Self.at(100))
            }
        }
        let confidence = Self.confidence(news, at: 100)
        #expect(confidence.gone == Set(stopped))
        #expect(confidence.isObeyed(Self.purge, by: news) == isObeyed)
    }

    @Test func theSmallerSideWaitsForTheOther() {
        let news = Self.news(4, heard: ["b": 1000])
        let confidence = Self.confidence(news, at: 1000)
        #expect(confidence.gone == [])
        #expect(!confidence.isObeyed(Self.purge, by: Self.obeying(news, ["b"], PurgeVector(["a": 7]))))
    }

    @Test func ofTwoTheOtherIsNeverGoneForBeingSilent() {
        #expect(Self.confidence(Self.news(2, heard: ["b": 0]), at: 100_000).gone == [])
    }

    @Test func whoHasJustBegunMissesNobody() {
        let news = Self.news(3, heard: ["b": 4])
        #expect(Self.confidence(news, at: 4).gone == [])
        #expect(Self.confidence(news, at: 64).gone == [])
    }

    /// A port where nobody listens, and no word of the region for five seconds: its processes have ended.
    @Test func aRegionThatWasStoppedIsGoneSoon() {
        var news = Self.news(2, heard: ["b": 100])
        news.dialled("b", refused: true, at: Self.at(101))
        #expect(Self.confidence(news, at: 105).gone == [])
        #expect(Self.confidence(news, at: 106).gone == ["b"])
        #expect(Self.confidence(news, at: 106).hasMajority)
        news.dialled("b", refused: true, at: Self.at(107))
        #expect(Self.confidence(news, at: 108).gone == ["b"])
        // It dials out, and so it lives, whatever its port says.
        news.hear(.of("b"), from: "b", at: Self.at(109))
        #expect(Self.confidence(news, at: 113).gone == [])
        #expect(Self.confidence(news, at: 114).gone == ["b"])
        news.dialled("b", refused: false, at: Self.at(120))
        #expect(Self.confidence(news, at: 125).gone == [])
    }

    /// `a` and `b` no longer reach each other, and both reach `c`.
    @Test func aThirdRegionTellsOfTheOther() {
        var news = Self.news(3, heard: ["b": 0, "c": 100])
        #expect(Self.confidence(news, at: 100).unheard == ["b"])
        var message = ExchangeMessage.of("c")
        message.sightings.append(
            .init(
                region: "b", aliveAge: .seconds(1), confirmedAge: .seconds(2), settled: PurgeVector(["a": 7])))
        news.hear(message, from: "c", at: Self.at(100))
        #expect(news["b"].aliveAt == Self.at(99))
        #expect(news["b"].settled == PurgeVector(["a": 7]))
        // Not before all purges are known here of which `c` says that it knows them.
        #expect(Self.confidence(news, at: 100).unheard == ["b"])
        news.confirm(message, from: "c", at: Self.at(100))
        #expect(news["b"].confirmedAt == Self.at(98))
        #expect(Self.confidence(news, at: 100).unheard == [])
    }

    /// A moment is known no better than the way of the message was long.
    @Test func newsThatGoRoundGrowOld() {
        var (a, c) = (Self.news(3, heard: ["b": 100]), RegionNews(own: "c", others: ["a", "b"]))
        func tell(_ from: RegionNews, _ to: inout RegionNews) {
            var message = ExchangeMessage.of(from.own)
            message.sightings = from.sightings(settled: PurgeVector(), now: Self.at(100))
            to.hear(message, from: from.own, at: Self.at(100))
            to.confirm(message, from: from.own, at: Self.at(100))
        }
        for _ in 1...10 {
            tell(a, &c)
            tell(c, &a)
        }
        #expect(a["b"].confirmedAt == Self.at(100))
        #expect(c["b"].confirmedAt.map { $0 < Self.at(100) } == true)
        #expect(c["b"].aliveAt == c["b"].confirmedAt)
    }

    @Test func newsThatComeLateChangeNothing() {
        var news = Self.obeying(Self.news(3, heard: ["b": 100, "c": 100]), ["b"], PurgeVector(["a": 7]))
        let before = news.known
        news.hear(.of("b", settled: PurgeVector(["a": 3])), from: "b", at: Self.at(50))
        news.confirm(.of("b"), from: "b", at: Self.at(50))
        #expect(news.known == before)
    }

    @Test func strangersAreNotListenedTo() {
        var news = Self.news(2, heard: [:])
        var message = ExchangeMessage.of("z")
        message.sightings.append(
            .init(region: "a", aliveAge: .zero, confirmedAge: .zero, settled: PurgeVector(["a": 9])))
        news.hear(message, from: "z", at: Self.start)
        news.confirm(message, from: "z", at: Self.start)
        #expect(news.others == ["b"])
        #expect(news["b"] == RegionNews.Known())
        #expect(news["a"] == RegionNews.Known())
    }
}

extension ExchangeMessage {
    /// What a region tells of itself.
    static func of(_ region: String, known: PurgeVector = PurgeVector(), settled: PurgeVector = PurgeVector()) -> Self {
        ExchangeMessage(
            configuration: "0", engine: "1", form: 3, known: known,
            sightings: [Sighting(region: region, aliveAge: .zero, confirmedAge: .zero, settled: settled)])
    }
}
