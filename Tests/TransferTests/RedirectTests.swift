import HostileOrigin
import Testing
import Transfer

@Suite("Redirects")
struct RedirectTests {
    private let client = TransferClient()

    /// `/n` redirects to `/n-1`, `/0` answers; any other path is taken for a location.
    private static func countdown(_ request: HostileOrigin.Request) -> [Action] {
        guard let left = Int(request.path.dropFirst()) else { return .answer(500) }
        return left == 0 ? .answer(200, body: "there") : .answer(302, ["Location: /\(left - 1)"], body: "moved")
    }

    @Test("Are followed on the configured host, up to the limit, on one connection")
    func followed() throws {
        try HostileOrigin.serve(Self.countdown) { origin in
            let received = try client.receive(request(origin.url + "/3"))
            #expect(received.body == "there")
            #expect(received.response.url.text == origin.url + "/0")
            #expect(origin.requests.map(\.path) == ["/3", "/2", "/1", "/0"])
            #expect(origin.connectionCount == 1)
            let tooFar = try request(origin.url + "/4")
            #expect(throws: TransferError.tooManyRedirects(limit: 3)) { try client.receive(tooFar) }
        }
    }

    @Test("That go round end at the limit")
    func loop() throws {
        try HostileOrigin.serve { _ in
            .answer(301, ["Location: /again"])
        } _: { origin in
            let asked = try request(origin.url)
            #expect(throws: TransferError.tooManyRedirects(limit: 3)) { try client.receive(asked) }
            #expect(origin.requests.count == 4)
        }
    }

    @Test("To another port of a private host are a stranger's, unless the owner allows the address")
    func otherPort() throws {
        try HostileOrigin.serve { _ in
            .answer(200, body: "inside")
        } _: { inside in
            try HostileOrigin.serve { _ in
                .answer(302, ["Location: \(inside.url)/x"])
            } _: { outside in
                var asked = try request(outside.url)
                asked.headers = [HeaderField("x-everywhere", "1")]
                asked.boundHeaders = [HeaderField("authorization", "secret")]
                #expect(throws: TransferError.addressForbidden) { try client.receive(asked) }
                #expect(inside.connectionCount == 0)

                asked.redirectPolicy = try loopbackAllowed()
                #expect(try client.receive(asked).body == "inside")
                let headers = try #require(inside.requests.first?.headers)
                #expect(headers["x-everywhere"] == "1")
                #expect(headers["authorization"] == nil)
                #expect(outside.requests.first?.headers["authorization"] == "secret")
            }
        }
    }

    @Test("That come back from a stranger stay a stranger's")
    func comesBack() throws {
        try HostileOrigin.serve { request in
            request.path == "/back"
                ? .answer(302, ["Location: \(request.headers["x-home"] ?? "")/inside"]) : .answer(500)
        } _: { stranger in
            let away = stranger.url + "/back"
            try HostileOrigin.serve { _ in
                .answer(302, ["Location: \(away)"])
            } _: { home in
                var asked = try request(home.url, redirectPolicy: loopbackAllowed())
                asked.headers = [HeaderField("x-home", home.url)]
                asked.boundHeaders = [HeaderField("authorization", "secret")]
                #expect(throws: TransferError.tooManyRedirects(limit: 3)) { try client.receive(asked) }
                #expect(home.requests.map(\.path) == ["/", "/inside"])
                #expect(home.requests.map { $0.headers["authorization"] } == ["secret", nil])
            }
        }
    }

    @Test("Without a location are answers; 304 and 300 too", arguments: [300, 302, 304])
    func noRedirect(status: Int) throws {
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 \(status) S", "Content-Length: 0")]
        } _: { origin in
            let received = try client.receive(request(origin.url))
            #expect(received.response.head.status == status)
        }
    }

    @Test(
        "Are resolved against where they came from",
        arguments: [
            ("b", "/d/b"), ("../b", "/b"), ("?q=1", "/d/a?q=1"), ("/x y", "/x%20y"), ("/b#part", "/b"),
        ])
    func resolved(location: String, path: String) throws {
        try HostileOrigin.serve { request in
            request.path == "/d/a" ? .answer(302, ["Location: \(location)"]) : .answer(200, body: "there")
        } _: { origin in
            let received = try client.receive(request(origin.url + "/d/a"))
            #expect(received.body == "there")
            #expect(origin.requests.last?.path == path)
        }
    }
}
