import Configuration
import HostileOrigin
import Origins
import Probing
import Testing

@Suite("A probe")
struct ProbeTests {
    @Test("Reads the first file of a folder, and says what it is")
    func disk() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("b")
        try folder.write("b/second picture.jpg", "12345")
        try folder.write(".hidden", "x")
        let inner = try Probed(Origins.disk(folder.path))
        #expect(inner.finding.fetched?.path == "b/second%20picture.jpg")
        try folder.write("first.jpg", "123")
        let probed = try Probed(Origins.disk(folder.path))
        let fetched = try #require(probed.finding.fetched)
        #expect(fetched.path == "first.jpg" && fetched.count == 3 && fetched.length == 3 && fetched.isWhole)
        #expect(probed.report.hasPrefix("demo/files (DISK)  ok      first.jpg: 3 bytes, "))
        #expect(probed.report.contains("    ETag \""))
    }

    @Test("Finds an empty folder in order")
    func emptyDisk() throws {
        let folder = try TemporaryFolder()
        let probed = try Probed(Origins.disk(folder.path))
        #expect(probed.finding.outcome == .reachable(.isEmpty))
        #expect(probed.report.contains("ok      reachable, with nothing in it"))
    }

    @Test("Asks a web server for what is not there, and takes that for good")
    func webFolder() throws {
        try HostileOrigin.serve { _ in
            .answer(404)
        } _: { server in
            let probed = try Probed(Origins.webFolder(server.url + "/media"))
            #expect(probed.finding.outcome == .reachable(.noListing))
            #expect(probed.report.contains("reachable, "))
            #expect(probed.report.contains("\n    name an object with --object"))
            #expect(server.requests.count == 1)
            #expect(server.requests[0].path.hasPrefix("/media/apus-probe-"))
        }
    }

    @Test("Wonders at a web server that has everything")
    func soft404() throws {
        try HostileOrigin.serve { _ in
            .answer(200, body: "Sorry")
        } _: { server in
            let probed = try Probed(Origins.webFolder(server.url))
            #expect(probed.finding.fetched?.isSurprise == true && !probed.finding.hasFailed)
            #expect(probed.report.contains("the same for every path?"))
        }
    }

    @Test("Reads what it is told to, as it would stand in a URL", arguments: ["a b/é.jpg", "/a%20b/%C3%A9.jpg"])
    func named(object: String) throws {
        let head = ["ETag: \"abc\"", "Content-Type: image/\u{1B}[1mpng", "Is-Private-File: true"]
        try HostileOrigin.serve { _ in
            .answer(200, head, body: "picture")
        } _: { server in
            let probed = try Probed(Origins.webFolder(server.url), ["shop=" + object])
            #expect(server.requests.map(\.path) == ["/a%20b/%C3%A9.jpg"])
            #expect(probed.finding.fetched?.metadata.isPrivate == true)
            #expect(probed.report.contains("ok      a%20b/%C3%A9.jpg: 7 bytes, "))
            #expect(probed.report.contains("\n    image/?[1mpng, ETag \"abc\", private, HTTP/1.1\n"))
        }
    }

    @Test("Reads no more than a picture may have")
    func huge() throws {
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 200 OK", "Content-Length: 99999999999"), .flood(String(repeating: "x", count: 10_000))]
        } _: { server in
            let probed = try Probed(
                Origins.webFolder(server.url), ["a.jpg"], settings: "limits: { sourceBytes: 100kB }")
            let fetched = try #require(probed.finding.fetched)
            #expect(!fetched.isWhole && fetched.length == 99_999_999_999 && fetched.count > 100_000)
            #expect(probed.report.contains(" of 99999999999, "))
            #expect(probed.report.contains("limits.sourceBytes"))
        }
    }

    @Test("Fetches nowhere else what may be in its home region only", arguments: ["eu", "us"])
    func residency(region: String) throws {
        try HostileOrigin.serve { _ in
            .answer(200, body: "picture")
        } _: { server in
            let yaml = """
                region: \(region)
                regions: { eu: {}, us: {} }
                accounts:
                  - id: demo
                    insecure: true
                    homeRegion: eu
                    origins: [\(Origins.webFolder(server.url))]
                    urlEndpoints:
                      - { urlPrefix: "", origins: [shop] }
                      - { urlPrefix: bound, origins: [shop], residency: home }
                """
            let configuration = try Configuration.parse(
                [UInt8](yaml.utf8), name: "test.yaml", folder: "/nowhere", environment: [:])
            let findings = Probe(configuration, environment: [:]).run([try ObjectChoice("a.jpg", in: configuration)])
            let report = "\(ProbeReport(findings, timeouts: configuration.timeouts))"
            let finding = try #require(findings.first)
            #expect(findings.count == 1 && !finding.hasFailed)
            if region == "eu" {
                #expect(finding.fetched?.count == 7)
            } else {
                #expect(finding.outcome == .forbidden(home: "eu") && server.requests.isEmpty)
                #expect(
                    report
                        == "demo/shop (WEB_FOLDER)  -       not asked: residency is home, and its bytes may be in eu only; probe it there\n"
                )
            }
        }
    }

    @Test("Has nothing to ask a web proxy for until it is told a URL")
    func webProxy() throws {
        let idle = try Probed(Origins.webProxy, ["a.jpg"])
        #expect(idle.finding.outcome == .notAsked && !idle.finding.hasFailed)
        #expect(idle.report.contains("-       not asked: name a URL with --object web=URL"))
        try HostileOrigin.serve { _ in
            .answer(200, body: "picture")
        } _: { server in
            let url = server.url + "/a.jpg?size=l"
            let probed = try Probed(Origins.webProxy, [url], settings: "network: { allow: [127.0.0.0/8] }")
            #expect(probed.finding.fetched?.path == url)
            #expect(server.requests.map(\.path) == ["/a.jpg?size=l"])
        }
    }

    @Test("Asks each origin for each object that is for it, in the order of the file")
    func choice() throws {
        try HostileOrigin.serve { _ in
            .answer(404)
        } _: { server in
            let first = Origins.webFolder(server.url + "/1")
            let second = Origins.webFolder(server.url + "/2").replacing("shop", with: "other")
            let configuration = try configuration([first, second, Origins.webProxy])
            let objects = ["a=b.jpg", "other=c.jpg", "demo/other=d.jpg", "nobody/other=e.jpg"]
            let choices = try objects.map { try ObjectChoice($0, in: configuration) }
            let findings = Probe(configuration, environment: [:]).run(choices)
            #expect(findings.map(\.settings.id) == ["shop", "shop", "other", "other", "other", "other", "web"])
            #expect(
                Set(server.requests.map(\.path)) == [
                    "/1/a=b.jpg", "/1/nobody/other=e.jpg", "/2/a=b.jpg", "/2/c.jpg", "/2/d.jpg",
                    "/2/nobody/other=e.jpg",
                ])
            let lines = "\(ProbeReport(findings, timeouts: configuration.timeouts))".split(separator: "\n")
            #expect(lines[0].hasPrefix("demo/shop (WEB_FOLDER)   FAILED  path: there is no object a=b.jpg"))
            #expect(lines.last?.hasPrefix("demo/web (WEB_PROXY)     -       ") == true)
        }
    }

    @Test("Takes no path that no URL could have", arguments: ["", "/", "..", "a/%2E%2E/b", "100%", "a%00"])
    func badPath(text: String) throws {
        let configuration = try configuration([Origins.webProxy])
        #expect(throws: ObjectChoice.Fault.notAPath(text)) { try ObjectChoice(text, in: configuration) }
    }
}
