import Configuration
import Glibc
import Testing

/// `${NAME}` and `${file:PATH}`.
struct PlaceholderTests {
    struct Case: CustomTestStringConvertible {
        let raw: String
        let expected: String
        var testDescription: String { raw }
    }

    @Test(arguments: [
        Case(raw: "${KEY}", expected: "word"),
        Case(raw: "a-${KEY}-${_K2}-b", expected: "a-word-two-b"),
        Case(raw: "$KEY", expected: "$KEY"),
        Case(raw: "costs 5$", expected: "costs 5$"),
        Case(raw: "$${KEY}", expected: "${KEY}"),
        Case(raw: "${NESTED}", expected: "${KEY}"),
    ])
    func expands(_ item: Case) throws {
        let environment = ["KEY": "word", "_K2": "two", "NESTED": "${KEY}"]
        let configuration = try parse("\(minimalAccount)\nregionSecret: \"\(item.raw)\"", environment: environment)
        #expect(configuration.regionSecrets == [Secret(item.expected)])
    }

    @Test(arguments: ["${}", "${9A}", "${A-B}", "${KEY", "${file:}", "${ KEY }"])
    func refusesWhatIsNoName(_ raw: String) {
        let found = problems("\(minimalAccount)\nregionSecret: \"\(raw)\"", environment: ["KEY": "word"])
        #expect(found == ["regionSecret: ${…} has to be ${NAME} or ${file:PATH}; $${ stands for ${"])
    }

    @Test func reportsEachMissingVariable() {
        let found = problems("\(minimalAccount)\nregionSecret: ${A}\nworkers: { slots: \"${B}\" }")
        #expect(
            found.sorted() == [
                "regionSecret: ${A}: no such environment variable", "workers.slots: ${B}: no such environment variable",
            ])
    }

    @Test func worksInNumbersAndPaths() throws {
        let configuration = try parse(
            "\(minimalAccount)\nworkers: { slots: \"${SLOTS}\" }\nstore: { type: DISK, path: \"${FOLDER}/store\" }",
            environment: ["SLOTS": "32", "FOLDER": "data"]
        )
        #expect(configuration.workers.slots == 32)
        #expect(configuration.store == .disk(path: "/etc/apus/data/store"))
    }

    @Test func whatAVariableHoldsIsNeverShown() {
        let found = problems(
            "\(minimalAccount)\nworkers: { slots: \"${SLOTS}\" }\nredis: { url: \"${URL}\" }",
            environment: ["SLOTS": "hunter2", "URL": "http://:hunter2@host"]
        )
        #expect(found.count == 2)
        #expect(found.allSatisfy { !$0.contains("hunter2") })
    }

    @Test func readsFilesWithoutTheirLastLineBreak() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write([UInt8]("line one\nline two\n".utf8), to: "secret")
        let yaml =
            "regionSecret: \"${file:secret}\"\naccounts: [{ id: a, privateKeys: [\"${file:\(folder.path)/key}\"] }]"
        _ = try folder.write([UInt8]("private_1\r\n".utf8), to: "key")
        let file = try folder.write([UInt8](yaml.utf8), to: "apus.yaml")
        #expect(throws: ConfigurationProblems.self) { try Configuration.load(file: file, environment: [:]) }
        _ = try folder.write([UInt8]("one line\n".utf8), to: "secret")
        let configuration = try Configuration.load(file: file, environment: [:])
        #expect(configuration.regionSecrets == [Secret("one line")])
        #expect(configuration.accounts.first?.privateKeys == [Secret("private_1")])
    }

    @Test func reportsFilesThatCannotBeRead() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write([0xFF, 0xFE], to: "binary")
        _ = try folder.write([UInt8](repeating: 97, count: 70_000), to: "big")
        let names = ["/nonexistent/x", folder.path, folder.path + "/binary", folder.path + "/big"]
        let keys = names.map { "\"${file:\($0)}\"" }.joined(separator: ",")
        let found = problems("accounts: [{ id: a, privateKeys: [\(keys)] }]")
        let reasons = [
            "cannot be read: No such file or directory", "is not a file", "is not UTF-8", "is larger than 65536 bytes",
        ]
        #expect(
            found
                == zip(names, reasons).enumerated().map { index, pair in
                    "accounts[0].privateKeys[\(index)]: ${file:\(pair.0)}: \(pair.1)"
                })
    }
}
