import Deadlines
import HostileOrigin
import Origins
import S3
import Synchronization
import Testing
import Transfer

/// An origin that always says the same, and that it has nothing new to whoever has its copy.
private struct Said: Origin {
    let id: String
    let error: OriginError?

    init(_ id: String, _ error: OriginError? = nil) {
        self.id = id
        self.error = error
    }

    func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        if let error { throw error }
        if let known = request.known { return .notModified(known) }
        return .opened(SaidBody(id, of: id))
    }
}

@Suite("Several origins")
struct OriginListTests {
    private func fetch(_ origins: [Said], deadline: Deadline = Deadline(in: .seconds(30))) throws(OriginError)
        -> Original
    {
        try OriginList(origins).fetch(object("a"), deadline: deadline, handling: holding()).original
    }

    @Test(
        "Are asked in order, whatever the failure of those before",
        arguments: [
            OriginError.notFound, .forbidden(), .refused, .timedOut(.firstByte), .tooLarge(limit: 1),
            .unidentified(.status(500)),
        ])
    func next(error: OriginError) throws {
        #expect(try fetch([Said("a", error), Said("b"), Said("c")]).text == "b")
        #expect(try fetch([Said("a"), Said("b", error)]).text == "a")
    }

    @Test("End where one was not asked: the next may have something else under that name")
    func crowded() {
        #expect(throws: OriginError.crowded) { try fetch([Said("a", .notFound), Said("b", .crowded), Said("c")]) }
    }

    @Test("Have not found it only if all say so")
    func notFound() {
        #expect(throws: OriginError.notFound) { try fetch([Said("a", .notFound), Said("b", .notFound)]) }
        #expect(throws: OriginError.notFound) { try fetch([]) }
    }

    @Test("Report the first failure that was something else")
    func firstOther() {
        #expect(throws: OriginError.refused) {
            try fetch([Said("a", .notFound), Said("b", .refused), Said("c", .forbidden()), Said("d", .notFound)])
        }
    }

    @Test("Are not asked after the deadline, and that is no not found")
    func deadline() {
        #expect(throws: OriginError.timedOut(.total)) { try fetch([Said("a")], deadline: .now) }
    }

    @Test("Tell of each attempt")
    func report() throws {
        var attempts: [OriginList.Attempt] = []
        let list = OriginList([Said("a", .refused), Said("b"), Said("c")])
        _ = try list.fetch(
            object("x"), deadline: Deadline(in: .seconds(30)), report: { attempts.append($0) }, handling: holding())
        #expect(attempts.map(\.originID) == ["a", "b"])
        #expect(attempts.map(\.error) == [.refused, nil])
        #expect(attempts.map(\.isNotModified) == [false, false])
    }

    struct Known: CustomTestStringConvertible {
        let origins: [OriginError?]
        /// The origin of the copy.
        let copy: String
        /// Who answers, and whether with the copy.
        let answer: (String, Bool)
        var testDescription: String { "\(origins.map { $0?.code ?? "found" }), copy of \(copy)" }
    }

    @Test(
        "Are told of a copy only where it is theirs, and still asked in order",
        arguments: [
            Known(origins: [nil, nil], copy: "a", answer: ("a", true)),
            Known(origins: [.notFound, nil], copy: "b", answer: ("b", true)),
            Known(origins: [.refused, nil], copy: "b", answer: ("b", true)),
            Known(origins: [nil, nil], copy: "b", answer: ("a", false)),
            Known(origins: [.notFound, nil], copy: "a", answer: ("b", false)),
            Known(origins: [nil], copy: "gone", answer: ("a", false)),
        ])
    func known(item: Known) throws {
        var request = object("x")
        request.known = Original.Metadata(originID: item.copy, fetchedAt: 7)
        let list = OriginList(zip(["a", "b"], item.origins).map { Said($0, $1) })
        var attempts: [OriginList.Attempt] = []
        let answer = try list.fetch(
            request, deadline: Deadline(in: .seconds(30)), report: { attempts.append($0) }, handling: holding())
        #expect(answer.metadata.originID == item.answer.0)
        #expect(answer.isNotModified == item.answer.1)
        #expect(attempts.last?.isNotModified == item.answer.1)
    }

    @Test("Leave a later one its chance when an earlier one is silent")
    func silentFirst() throws {
        try HostileOrigin.serve { _ in
            [.silence]
        } _: { silent in
            let timeouts = OriginTimeouts(firstByte: .milliseconds(60))
            let settings = WebSettings(client: TransferClient(), timeouts: timeouts)
            let first = try WebFolderOrigin(id: "a", baseURL: silent.url, settings: settings)
            let list = OriginList([first, Said("b")])
            let answer = try list.fetch(object("x"), deadline: Deadline(in: .seconds(30)), handling: holding())
            #expect(try answer.original.text == "b")
        }
    }
}

@Suite("Errors of origins")
struct OriginErrorTests {
    @Test(
        "Have the codes of the contract",
        arguments: [
            (OriginError.notFound, "ENOENT"), (.forbidden(), "EACCES"), (.refused, "ECONNREFUSED"),
            (.timedOut(.stall), "ETIMEDOUT"),
            (.tooLarge(limit: 7), "ELIMIT"), (.unidentified(.status(500)), "UNIDENTIFIED"),
            (.unidentified(.transfer(.addressForbidden)), "UNIDENTIFIED"),
        ])
    func codes(error: OriginError, code: String) {
        #expect(error.code == code)
        #expect(error.description == "\(code) - \(error.message)")
    }

    @Test("Tell the owner the service's own word, and nobody else")
    func words() {
        let errors: [OriginError] = [
            .forbidden(reason: "WORD"), .forbidden(reason: "WORD", by: .tokenService),
            .unidentified(.status(400, reason: "WORD")),
            .unidentified(.noCredentials(CredentialProblem(.container, .refused(status: 400, code: "WORD")))),
        ]
        for error in errors {
            #expect(error.detail.contains("WORD"))
            #expect(!error.message.contains("WORD") && !error.description.contains("WORD"))
        }
        let faults: [TLSFault] = [.expired, .selfSigned, .wrongHost, .handshake, .certificate(code: 7)]
        #expect(Set(faults.map { OriginError.unidentified(.transfer(.tls($0))).message }).count == 1)
    }

    @Test("Do not tell a name that is unknown from one that leads inside")
    func nothingToMap() {
        let inside = OriginError.unidentified(.transfer(.addressForbidden))
        #expect(inside.message == OriginError.unidentified(.transfer(.nameNotFound)).message)
        #expect(inside.message == OriginError.unidentified(.transfer(.unreachable)).message)
    }
}
