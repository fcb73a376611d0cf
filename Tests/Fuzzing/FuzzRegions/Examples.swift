import Caching
import Deadlines
import HTTPRules
import Purging
import Regions

/// A message of each kind, with and without its envelope.
enum Examples {
    static let words =
        [
            "apus-region", "from", "to", "time", "nonce", "configuration", "engine", "form", "known", "region", "offer",
            "rule",
            "more", "kind", "state", "purges", "tier", "file-length", "part", "entry", "digest", "fault-status",
            "fault-code",
            "fault-message", "fault-retry", "fault-of", "fault-length", "deadline", "host", "path", "query", "accept",
            "width",
            "dpr", "range", "if-range", "asked-at", "relay",
        ].map { "\n\($0): " } + [
            "eu=12,us=99", "whole", "reset", " - ", "yes", "fresh", "stale", "unchanged", "picture", "%25", "%0A",
            "%C3%A9", "0",
            "9223372036854775807", "18446744073709551615", "0-99", "\n",
        ]

    static var texts: [RegionFields] {
        let plain = [exchange.fields, question.fields] + answers.map(\.fields)
        let envelope = RegionEnvelope(
            from: "eu", to: "us", sentAt: 1_700_000_000_000, nonce: "00112233445566778899aabbccddeeff")
        let sealed = plain.map { fields in
            var whole = envelope.fields
            whole.add(contentsOf: fields)
            return whole
        }
        return plain + sealed
    }

    private static let purges = PurgeVector(["eu": 12, "us": 99])

    private static var exchange: ExchangeMessage {
        let targets: [PurgeTarget] = [.originals(.path("/demo/a/b c.jpg")), .tag("shoes, red%"), .origin("photos")]
        let rules = targets.enumerated().map { index, target in
            PurgeRule(
                requestID: "00000000-0000-4000-8000-00000000000\(index)", account: "demo", target: target,
                acceptedAt: 1_700_000_000, number: 0, source: .init(region: "eu", number: UInt64(12 + index)))
        }
        let offer = PurgeOffer(source: "eu", after: 11, upTo: 14, isReset: false, rules: rules)
        return ExchangeMessage(
            configuration: "0123456789abcdef01234567", engine: "3", form: Entry.formatVersion, known: purges,
            sightings: [
                .init(region: "us", aliveAge: .milliseconds(1500), confirmedAge: nil, settled: purges),
                .init(region: "asia", aliveAge: nil, confirmedAge: nil, settled: PurgeVector()),
            ],
            offers: [offer, PurgeOffer(source: "us", after: 0, upTo: 5, isReset: true, rules: [])])
    }

    private static var question: RegionQuestion {
        var client = ClientRequest(host: "img.example", path: "/demo/tr:w-300/a%20b.jpg", query: "v=1&tr=h-2")
        (client.accept, client.widthHint, client.pixelRatioHint) = ("image/webp", "800", "2")
        (client.range, client.ifRange) = ("bytes=0-99", "\"tag\"")
        var question = RegionQuestion(
            deadline: .milliseconds(4_500), engine: "3", configuration: "0123456789abcdef01234567", purges: purges,
            client: client, askedAt: 1_700_000_000)
        (question.relays, question.known) = (true, "\"known\"")
        return question
    }

    private static var answers: [RegionAnswerHead] {
        RegionAnswerHead.Kind.allCases.map { kind in
            var head = RegionAnswerHead(kind, purges: purges, configuration: "0123456789abcdef01234567", engine: "3")
            if kind == .error {
                head.fault = RegionFault(
                    status: 503, code: "EAGAIN", message: "100 % are waiting\n", retryAfter: 2, isOfRegion: true)
                return head
            }
            head.state = .fresh
            head.tier = "redis"
            head.entry = .init(count: 4711, digest: String(repeating: "0a", count: 32))
            if kind == .file { (head.fileLength, head.part) = (1000, ByteRange(first: 0, last: 99)) }
            return head
        }
    }
}
