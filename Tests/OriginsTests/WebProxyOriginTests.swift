import HTTPRules
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("WEB_PROXY origins")
struct WebProxyOriginTests {
    private func proxied(_ url: String?) -> OriginRequest {
        var request = object("x")
        request.absoluteURL = url
        return request
    }

    @Test("Reach nothing private, unless the owner allows it")
    func guarded() throws {
        try HostileOrigin.serve { _ in
            .answer(200, body: "inside")
        } _: { server in
            let client = TransferClient()
            let strict = WebProxyOrigin(id: "web", settings: WebSettings(client: client))
            var request = proxied(server.url + "/a.jpg?b=c")
            #expect(throws: OriginError.unidentified(.transfer(.addressForbidden))) { try strict.fetch(request) }
            #expect(server.connectionCount == 0)

            let range = try #require(IPRange("127.0.0.0/8"))
            let open = WebProxyOrigin(
                id: "web", settings: WebSettings(client: client, strangers: .publicOnly(allowed: [range]))
            )
            #expect(try open.fetch(request).text == "inside")
            request.query = "d=e"
            #expect(try open.fetch(request).text == "inside")
            request.absoluteURL = server.url + "/a.jpg"
            #expect(try open.fetch(request).text == "inside")
            #expect(server.requests.map(\.path) == ["/a.jpg?b=c", "/a.jpg?b=c&d=e", "/a.jpg?d=e"])
            #expect(server.requests.first?.headers["x-req-from"] == "imagekit")
        }
    }

    @Test(
        "Take only absolute http and https URLs",
        arguments: [
            nil, "", "a.jpg", "//e.example/a.jpg", "file:///etc/passwd", "s3://b/k", "data:,x",
            "http://u:p@e.example/a.jpg",
            "https://good.example\\@evil", "gopher://e.example/",
        ])
    func notAbsolute(url: String?) {
        let origin = WebProxyOrigin(id: "web", settings: WebSettings(client: TransferClient()))
        #expect(throws: OriginError.unidentified(.notAnAbsoluteURL)) { try origin.fetch(proxied(url)) }
    }
}
