import Configuration
import Glibc
import HostileOrigin
import OriginMaking
import Probing
import Testing

@Suite("What a probe says of this machine")
struct LocalTroubleTests {
    private func expect(_ probed: Probed, _ part: Diagnosis.Part, _ words: [String]) throws {
        let diagnosis = try #require(probed.diagnosis, "\(probed.report)")
        #expect(diagnosis.part == part)
        let text = "\(diagnosis.sentence)\n\(diagnosis.hint ?? "")"
        for word in words { #expect(text.contains(word), "\(text)") }
    }

    @Test("A folder may be missing, a file too, and a link may lead out of it")
    func missing() throws {
        let folder = try TemporaryFolder()
        try expect(
            try Probed(Origins.disk(folder.path + "/late")), .path, ["no folder \(folder.path)/late", "mounted"])
        try expect(try Probed(Origins.disk(folder.path), ["a.jpg"]), .path, ["no object a.jpg", folder.path, "links"])
    }

    @Test("A folder may not be for us", .enabled(if: geteuid() != 0, "root may read everything"))
    func notReadable() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("closed", mode: 0)
        let path = folder.path + "/closed"
        try expect(
            try Probed(Origins.disk(path)), .permission, ["uid \(geteuid())", "may not read the folder \(path)"])
        try expect(try Probed(Origins.disk(path), ["a.jpg"]), .permission, ["may not read a.jpg"])
    }

    @Test(
        "A role may lend nothing",
        arguments: [
            (["AWS_EC2_METADATA_DISABLED": "true"], ["AWS_EC2_METADATA_DISABLED is set"]),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"], ["the instance's metadata service", "EC2"]),
            (["AWS_ACCESS_KEY_ID": "known"], ["the environment", "AWS_SECRET_ACCESS_KEY"]),
            (
                ["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/at/all", "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"],
                ["token file", "No such file"]
            ),
        ])
    func role(environment: [String: String], words: [String]) throws {
        let probed = try Probed(Origins.role("http://127.0.0.1:1"), environment: environment)
        try expect(probed, .credentials, words)
    }

    @Test("An instance may have no role, and its session may be over")
    func instance() throws {
        try HostileOrigin.serve { request in
            request.method == "PUT" ? .answer(200, body: "T1") : .answer(404)
        } _: { server in
            let environment = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
            let probed = try Probed(Origins.role(server.url), environment: environment)
            try expect(probed, .credentials, ["this machine has no role", "accessKey"])
        }
        try HostileOrigin.serve { _ in
            .answer(400, body: "<Error><Code>ExpiredToken</Code></Error>")
        } _: { server in
            let keys = ["AWS_ACCESS_KEY_ID": "known", "AWS_SECRET_ACCESS_KEY": "SECRET-KEY"]
            let probed = try Probed(Origins.role(server.url), environment: keys)
            try expect(probed, .credentials, ["ExpiredToken", "this machine's role"])
        }
    }

    @Test("A web proxy keeps to what is public")
    func webProxy() throws {
        let inside = try Probed(Origins.webProxy, ["http://127.0.0.1/a.jpg"])
        try expect(inside, .connection, ["127.0.0.1 is not public", "network.allow"])
        let mail = try Probed(Origins.webProxy, ["http://127.0.0.1:25/a.jpg"])
        try expect(mail, .connection, ["port 25"])
        let wrong = try Probed(Origins.webProxy, ["http://:80/"])
        try expect(wrong, .path, ["not an absolute http or https URL"])
    }

    @Test("Settings of which no origin can be made are named with their place in the file")
    func settings() throws {
        let pem = "-----BEGIN PRIVATE KEY-----\nSECRET-KEY\n-----END PRIVATE KEY-----"
        let bad = try Origins.google("http://127.0.0.1:1", key: pem)
        try expect(try Probed(bad), .settings, ["privateKey", "RSA key"])
        let origins = [Origins.webProxy, bad, Origins.azure("http://127.0.0.1:1").replacing("photos", with: "a/b")]
        let problems = try configuration(origins).originProblems
        #expect(
            problems.map(\.description) == [
                "accounts[0].origins[1].privateKey: has to be an RSA key of at least 2048 bits in PEM form, not encrypted",
                "accounts[0].origins[2].container: has to be a container's name: letters, digits and hyphens, or $root or $web",
            ])
        #expect(try configuration([Origins.webProxy]).originProblems.isEmpty)
    }
}
