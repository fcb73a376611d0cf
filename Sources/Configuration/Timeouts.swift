extension Configuration {
    /// How long each kind of waiting may last.
    package struct Timeouts: Sendable, Equatable {
        /// One request from accept to answer, 100 ms…10 m. Streamed files are bound by `stall` instead.
        package var total: Duration = .seconds(20)
        /// Connecting to an origin, its name and TLS included: 10 ms…1 m.
        package var connect: Duration = .seconds(3)
        /// From the request to the first byte of an origin's answer: 10 ms…10 m.
        package var firstByte: Duration = .seconds(8)
        /// Silence in the middle of a body: 10 ms…10 m.
        package var stall: Duration = .seconds(5)
        /// One render: 10 ms…10 m.
        package var render: Duration = .seconds(15)
        /// One command of Redis: 1 ms…10 s.
        package var redis: Duration = .milliseconds(20)
        /// How long this region answers unmarked without having heard what other regions purge: 1 s…10 m.
        package var confirm: Duration = .seconds(60)

        /// The defaults.
        package init() {}
    }
}

extension Configuration.Timeouts {
    static func reading(_ section: Section) -> Self {
        section.section("timeouts") { Self(from: $0) } ?? Self()
    }

    private init(from section: Section) {
        let shortest = Duration.milliseconds(10)
        let longest = Duration.seconds(600)
        total = section.value("total", .duration(.milliseconds(100)...longest)) ?? total
        connect = section.value("connect", .duration(shortest...(.seconds(60)))) ?? connect
        firstByte = section.value("firstByte", .duration(shortest...longest)) ?? firstByte
        stall = section.value("stall", .duration(shortest...longest)) ?? stall
        render = section.value("render", .duration(shortest...longest)) ?? render
        redis = section.value("redis", .duration(.milliseconds(1)...(.seconds(10)))) ?? redis
        confirm = section.value("confirm", .duration(.seconds(1)...longest)) ?? confirm
    }
}
