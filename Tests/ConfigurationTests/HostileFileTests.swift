import Configuration
import Glibc
import Testing

/// Files that try to hang, exhaust or trap the reader.
struct HostileFileTests {
    private func problem(_ bytes: [UInt8]) -> String? {
        do {
            _ = try Configuration.parse(bytes, name: "apus.yaml", folder: "/etc/apus", environment: [:])
            return nil
        } catch {
            return error.problems.count == 1 ? error.description : "\(error.problems.count) problems"
        }
    }

    @Test func aliasesAreRefused() {
        #expect(
            problem([UInt8]("a: &x [1]\nb: *x\n".utf8))
                == "apus.yaml: line 1: anchors and aliases (& and *) cannot be used here; quote the text")
        #expect(problem([UInt8]("a: &x {b: c}\n".utf8))?.contains("anchors and aliases") == true)
        #expect(problem([UInt8]("a: *x\n".utf8)) == "apus.yaml: line 1, column 4: found undefined alias")
    }

    @Test func aBombOfAliasesIsRefusedAtOnce() {
        var lines = ["a0: &a0 [x, x]"]
        for level in 1...60 { lines.append("a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]") }
        lines.append("? [*a60, *a60]\n: 1")
        #expect(problem([UInt8](lines.joined(separator: "\n").utf8))?.contains("anchors and aliases") == true)
    }

    @Test func aBombBehindACommentWithQuotesIsSeen() {
        var lines = ["a0: &a0 [x, x]"]
        for level in 1...60 { lines.append("a\(level): &a\(level) [\"\n # \", *a\(level - 1), *a\(level - 1)]") }
        lines.append("? [*a60, *a60]\n: 1")
        #expect(problem([UInt8](lines.joined(separator: "\n").utf8))?.contains("anchors and aliases") == true)
    }

    @Test func starsInTextAndCommentsDoNoHarm() throws {
        let comments = String(repeating: "# this is *important*, and *that* too\n", count: 20)
        let yaml =
            comments
            + "accounts: [{ id: a, insecure: true, urlEndpoints: [{ urlPrefix: \"\", description: \"*all* & more\" }] }]"
        #expect(try parse(yaml).accounts.first?.urlEndpoints.first?.description == "*all* & more")
    }

    @Test func deepNestingIsRefused() {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(problem([UInt8]("a: \(nested(50))".utf8)) == "apus.yaml: line 1, column 35: nested too deeply")
        #expect(problem([UInt8]("a: \(nested(20_000))".utf8))?.hasPrefix("apus.yaml: ") == true)
        let mappings = String(repeating: "{a: ", count: 5000)
        #expect(problem([UInt8](mappings.utf8))?.hasPrefix("apus.yaml: ") == true)
    }

    @Test func duplicateKeysAreReported() {
        #expect(
            problem([UInt8]("workers: {}\naccounts: []\nworkers: {}\n".utf8))
                == "apus.yaml: line 1: given more than once: workers")
    }

    @Test func twoDocumentsAreRefused() {
        #expect(problem([UInt8]("a: 1\n---\nb: 1\n".utf8)) == "apus.yaml: line 2, column 1: but found another document")
    }

    @Test(
        arguments: [[0xFF, 0xFE, 0x61, 0x00], [0x61, 0x3A, 0x20, 0xC3], [0x61, 0x3A, 0xED, 0xA0, 0x80]] as [[UInt8]])
    func bytesThatAreNoUTF8AreRefused(_ bytes: [UInt8]) {
        #expect(problem(bytes) == "apus.yaml: is not UTF-8")
    }

    @Test func controlCharactersAreRefused() {
        #expect(problem([0x61, 0x3A, 0x20, 0x00, 0x0A])?.contains("control characters are not allowed") == true)
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + [UInt8](minimalAccount.utf8)
        #expect(problem(bytes) == nil)
    }

    /// No text of the file may slip into a message of the parser.
    @Test func brokenYAMLDoesNotShowItsText() {
        let found = problem([UInt8]("privateKeys: [hunter2\nregion: hunter2: hunter2\n".utf8))
        #expect(found?.hasPrefix("apus.yaml: line ") == true)
        #expect(found?.contains("hunter2") == false)
    }

    @Test func thousandsOfProblemsAreAllReported() {
        let items = String(repeating: "{ insecure: true },", count: 9000)
        #expect(problem([UInt8]("accounts: [\(items)]".utf8)) == "9000 problems")
    }

    @Test func filesThatCannotBeReadAreReported() throws {
        let folder = try TemporaryFolder()
        let big = try folder.write([UInt8](repeating: 35, count: (1 << 20) + 1), to: "big.yaml")
        let expected = [
            "/nonexistent.yaml": "cannot be read: No such file or directory", folder.path: "is not a file",
            big: "is larger than 1048576 bytes", "/dev/zero": "is not a file",
        ]
        for (file, reason) in expected {
            let error = #expect(throws: ConfigurationProblems.self) {
                try Configuration.load(file: file, environment: [:])
            }
            #expect(error?.description == "\(file): \(reason)")
        }
    }

    @Test func aPipeIsRefusedInsteadOfWaitedFor() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        let error = #expect(throws: ConfigurationProblems.self) { try Configuration.load(file: pipe, environment: [:]) }
        #expect(error?.description == "\(pipe): is not a file")
    }
}
