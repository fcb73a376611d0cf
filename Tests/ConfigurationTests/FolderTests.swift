import Configuration
import Glibc
import Testing

/// Folders of origins that would hand out the configuration itself.
struct FolderTests {
    private static let words =
        "has this file in it, which anybody could then ask for, with its keys; keep pictures in a folder of their own"

    /// What is wrong with origins of these folders, if their configuration lies in `folder` and is opened as `name`.
    private func problems(_ folder: TemporaryFolder, of paths: [String], openedAs name: String? = nil) throws
        -> [String]
    {
        let origins = paths.enumerated().map { "{ id: o\($0.offset), type: DISK, path: \"\($0.element)\" }" }
        let yaml = "accounts: [{ id: demo, insecure: true, origins: [\(origins.joined(separator: ", "))] }]"
        let file = try folder.write([UInt8](yaml.utf8), to: "apus.yaml")
        let opened = name ?? file
        return try Configuration.load(file: opened, environment: [:]).folderProblems(file: opened).map(\.description)
    }

    @Test(arguments: [".", "./.", "/", "..", "../."])
    func folderWithTheFile(path: String) throws {
        let folder = try TemporaryFolder()
        let found = try problems(folder, of: ["/nowhere/at/all", path])
        #expect(found == ["accounts[0].origins[1].path: \(Self.words)"])
    }

    @Test func foldersBesideTheFile() throws {
        let (folder, other) = try (TemporaryFolder(), TemporaryFolder())
        try #require(mkdir(folder.path + "/pictures", 0o755) == 0)
        defer { rmdir(folder.path + "/pictures") }
        // The name of one may begin with that of another.
        #expect(try problems(folder, of: ["pictures", "apus", other.path, folder.path + "-2"]).isEmpty)
    }

    @Test func symbolicLinks() throws {
        let (folder, other) = try (TemporaryFolder(), TemporaryFolder())
        let (toFolder, toFile) = (other.path + "/pictures", other.path + "/link.yaml")
        try #require(symlink(folder.path, toFolder) == 0)
        defer { unlink(other.path + "/pictures") }
        try #require(symlink(folder.path + "/apus.yaml", toFile) == 0)
        defer { unlink(other.path + "/link.yaml") }
        #expect(try problems(folder, of: [toFolder]).count == 1)
        // The file is where the link leads; the link itself leads out of its folder, so that nobody gets it.
        #expect(
            try problems(folder, of: [folder.path, other.path], openedAs: toFile).map { $0.prefix(22) } == [
                "accounts[0].origins[0]"
            ])
    }
}
