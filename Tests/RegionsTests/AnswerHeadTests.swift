import HTTPRules
import Purging
import Regions
import Testing

@Suite struct AnswerHeadTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let head: RegionAnswerHead

        init(_ kind: RegionAnswerHead.Kind, _ name: String = "", _ change: (inout RegionAnswerHead) -> Void = { _ in })
        {
            var head = RegionAnswerHead(
                kind, purges: PurgeVector(["us": 9]), configuration: "c", engine: "3")
            if kind != .error {
                head.state = .fresh
                head.entry = .init(count: 1234, digest: "00ff")
            }
            change(&head)
            testDescription = "\(kind) \(name)"
            self.head = head
        }
    }

    @Test(arguments: [
        Case(.entry), Case(.entry, "stale") { ($0.state, $0.tier) = (.stale, "render") }, Case(.failure),
        Case(.unchanged), Case(.unchanged, "file") { $0.fileLength = 5 }, Case(.file),
        Case(.file, "of known length") { $0.fileLength = 0 },
        Case(.file, "in part") { ($0.fileLength, $0.part) = (1000, ByteRange(first: 0, last: 999)) },
        Case(.file, "in part of unknown length") { $0.part = ByteRange(first: 7, last: 7) },
        Case(.error, "of the region") {
            $0.fault = RegionFault(status: 503, code: "EAGAIN", message: "Busy.", retryAfter: 1, isOfRegion: true)
        },
        Case(.error, "of the range") {
            $0.fault = RegionFault(status: 416, code: "EINVAL", message: "", isOfRegion: false, fileLength: 17)
        },
    ]) func goesThroughAText(_ wanted: Case) throws {
        let fields = try #require(RegionFields(wanted.head.fields.text))
        #expect(RegionAnswerHead(fields) == wanted.head)
    }

    struct Change: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let name: String
        let value: String?
        let of: RegionAnswerHead

        init(_ kind: RegionAnswerHead.Kind, _ name: String, _ value: String?) {
            testDescription = "\(kind), \(name): \(value ?? "-")"
            (self.name, self.value) = (name, value)
            of =
                Case(kind) {
                    if kind == .file { ($0.fileLength, $0.part) = (1000, ByteRange(first: 0, last: 99)) }
                    guard kind == .error else { return }
                    $0.fault = RegionFault(status: 500, code: "EIO", message: "", retryAfter: 1, isOfRegion: false)
                }.head
        }
    }

    @Test(arguments: [
        Change(.entry, "kind", "told"), Change(.entry, "kind", "error"), Change(.entry, "state", nil),
        Change(.entry, "state", "good"),
        Change(.entry, "purges", "us"), Change(.entry, "purges", nil), Change(.entry, "configuration", nil),
        Change(.entry, "engine", nil), Change(.entry, "entry", nil), Change(.entry, "entry", "-1"),
        Change(.entry, "entry", "99999999999999999999"), Change(.entry, "digest", nil),
        Change(.file, "kind", "entry"), Change(.file, "part", "0-1000"), Change(.file, "part", "5-4"),
        Change(.file, "part", "-4"), Change(.file, "part", "x"), Change(.file, "file-length", "-1"),
        Change(.error, "kind", "entry"), Change(.error, "fault-status", "200"), Change(.error, "fault-status", "1000"),
        Change(.error, "fault-status", nil), Change(.error, "fault-of", "me"), Change(.error, "fault-of", nil),
        Change(.error, "fault-code", nil), Change(.error, "fault-message", nil), Change(.error, "fault-retry", "soon"),
    ]) func whatMakesNoSenseIsNone(_ change: Change) {
        var fields = RegionFields()
        for field in change.of.fields.list {
            if field.name != change.name {
                fields.add(field.name, field.value)
            } else if let value = change.value {
                fields.add(field.name, value)
            }
        }
        #expect(RegionAnswerHead(fields) == nil)
    }

    @Test(arguments: ["kind", "now", "unheard-of"]) func noNameIsUnknownOrComesTwice(_ name: String) {
        var fields = Case(.entry).head.fields
        fields.add(name, "entry")
        #expect(RegionAnswerHead(fields) == nil)
    }

    @Test func tellsHowMuchFollows() {
        #expect(Case(.file).head.streamedBytes == nil)
        #expect(Case(.file) { $0.fileLength = 10 }.head.streamedBytes == 10)
        #expect(
            Case(.file) { ($0.fileLength, $0.part) = (10, ByteRange(first: 2, last: 4)) }.head.streamedBytes == 3)
    }
}
