import Deadlines
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("AZURE_BLOB origins")
struct AzureBlobOriginTests {
    /// Everything that might be written otherwise on the way.
    private static let signature =
        "?sv=2024-11-04&se=2030-01-01T00%3A00%3A00Z&sr=c&sp=r&sig=ge%2Fheim+%2B/a%3d%3D&x=~!'()*"

    private static func origin(
        _ server: HostileOrigin, prefix: String = "", path: String = "", container: String = "originals"
    ) throws -> AzureBlobOrigin {
        try AzureBlobOrigin(
            id: "blobs", accountName: "pictures", container: container, sasToken: signature, prefix: prefix,
            endpoint: server.url + path, settings: WebSettings(client: TransferClient()))
    }

    @Test("Ask for prefix and path as one name, with the signature as it is", arguments: ObjectName.all)
    func name(_ name: ObjectName) throws {
        try HostileOrigin.serve { _ in
            .answer(200, body: "picture")
        } _: { server in
            let origin = try Self.origin(server, prefix: name.prefix)
            #expect(try origin.body(object(named: name.segments, query: "sig=mine&a=b")).text() == "picture")
            #expect(server.requests.map(\.path) == ["/originals/" + name.encoded + Self.signature])
        }
    }

    @Test("Ask nobody for what is no object's name", arguments: ObjectName.none)
    func noName(segments: [[UInt8]]) throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { server in
            let request = OriginRequest(path: OriginPath(segments: segments, encoded: "not/used"))
            let origin = try Self.origin(server)
            #expect(throws: OriginError.notFound) { try origin.body(request) }
            #expect(server.requests.isEmpty)
        }
    }

    @Test(
        "Ask for the container below the endpoint",
        arguments: [
            ("", "originals", "/originals"), ("/", "originals", "/originals"),
            ("/devstoreaccount1", "originals", "/devstoreaccount1/originals"), ("", "$root", "/%24root"),
        ])
    func path(path: String, container: String, expected: String) throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { server in
            _ = try Self.origin(server, path: path, container: container).text("a.jpg")
            #expect(server.requests.map(\.path) == [expected + "/a.jpg" + Self.signature])
        }
    }

    @Test("Know what the container says of its blobs")
    func metadata() throws {
        let headers = ["ETag: \"0x8D1\"", "x-ms-meta-isprivatefile: TRUE", "Content-Type: image/png"]
        try HostileOrigin.serve { _ in
            .answer(200, headers)
        } _: { server in
            let metadata = try Self.origin(server).body(object(named: ["a.jpg"])).metadata
            #expect(metadata.isPrivate && metadata.contentType == "image/png")
            #expect(metadata.validators == .init(entityTag: "\"0x8D1\""))
        }
    }

    @Test("Ask on condition for what is known")
    func condition() throws {
        try HostileOrigin.serve { request in
            request.headers["if-none-match"] == nil ? .answer(200, ["ETag: \"0x8D1\""]) : .answer(304)
        } _: { server in
            let origin = try Self.origin(server)
            var request = object(named: ["a.jpg"])
            request.known = try origin.body(request).metadata
            let answer = try origin.open(request, deadline: Deadline(in: .seconds(30)))
            guard case .notModified(let metadata) = answer else {
                Issue.record("not as known")
                return
            }
            #expect(metadata.validators == request.known?.validators)
        }
    }

    @Test(
        "Map every refusal, and show the signature in none",
        arguments: [
            (404, "BlobNotFound", OriginError.notFound), (404, "", .notFound),
            (404, "ContainerNotFound", .unidentified(.bucketMissing)),
            (403, "AuthenticationFailed", .forbidden(reason: "AuthenticationFailed", by: .credentials)),
            (403, "AuthorizationPermissionMismatch", .forbidden(reason: "AuthorizationPermissionMismatch")),
            (401, "NoAuthenticationInformation", .forbidden(reason: "NoAuthenticationInformation")),
            (403, "", .forbidden()), (403, "sig=ge%2Fheim was wrong", .forbidden()),
            (409, "PublicAccessNotPermitted", .forbidden(reason: "PublicAccessNotPermitted")),
            (409, "BlobArchived", .unidentified(.status(409, reason: "BlobArchived"))),
            (400, "InvalidUri", .unidentified(.status(400, reason: "InvalidUri"))),
            (503, "ServerBusy", .unidentified(.status(503))), (302, "", .unidentified(.status(302))),
        ])
    func refusal(status: Int, code: String, error: OriginError) throws {
        try HostileOrigin.serve { _ in
            .answer(status, ["x-ms-error-code: \(code)", "Location: /elsewhere"])
        } _: { server in
            let origin = try Self.origin(server)
            let met = try #require(failure(of: origin, "a.jpg"))
            #expect(met == error)
            #expect(server.requests.count == 1)
            let text = shown(origin) + shown(met) + met.detail + met.message
            #expect(!text.contains("heim"))
        }
    }

    @Test("Tell an account that does not exist by its name")
    func noSuchAccount() throws {
        let origin = try AzureBlobOrigin(
            id: "blobs", accountName: "pictures", container: "originals", sasToken: Self.signature,
            endpoint: "http://pictures.blob.invalid", settings: WebSettings(client: TransferClient()))
        let error = try #require(failure(of: origin, "a.jpg"))
        #expect(error == .unidentified(.transfer(.nameNotFound)))
        #expect(!error.detail.contains("heim"))
    }

    struct Setting: Sendable {
        var account = "pictures"
        var container = "originals"
        var token = "?sig=x"
        var endpoint: String?
        let error: OriginSettingsError
    }

    @Test(
        "Name the setting that is wrong",
        arguments: [
            Setting(account: "", error: .accountName), Setting(account: "a.b", error: .accountName),
            Setting(account: "a/b", error: .accountName), Setting(account: "-a", error: .accountName),
            Setting(account: String(repeating: "a", count: 64), error: .accountName),
            Setting(container: "", error: .container), Setting(container: "a/b", error: .container),
            Setting(container: "..", error: .container), Setting(container: "$logs2", error: .container),
            Setting(token: "", error: .sasToken), Setting(token: "?", error: .sasToken),
            Setting(token: "sig=x", error: .sasToken), Setting(token: "?sig=x#y", error: .sasToken),
            Setting(token: "?sig=x y", error: .sasToken), Setting(token: "?sig=é", error: .sasToken),
            Setting(token: "?sig=x\r\n", error: .sasToken),
            Setting(token: "?" + String(repeating: "x", count: 4000), error: .sasToken),
            Setting(endpoint: "pictures.example", error: .endpoint),
            Setting(endpoint: "https://pictures.example/?a=b", error: .endpoint),
        ])
    func badSetting(_ setting: Setting) {
        #expect(throws: setting.error) {
            try AzureBlobOrigin(
                id: "blobs", accountName: setting.account, container: setting.container, sasToken: setting.token,
                endpoint: setting.endpoint, settings: WebSettings(client: TransferClient()))
        }
    }
}
