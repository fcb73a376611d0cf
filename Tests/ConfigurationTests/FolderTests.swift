import Configuration
import Glibc
import Testing

/// Folders of origins that hand out the configuration itself.
struct FolderTests {
    /// Which of the origins of these folders have it, if their configuration lies in `folder` and is opened as `name`.
    private func origins(_ folder: TemporaryFolder, of paths: [String], openedAs name: String? = nil) throws
        -> [String]
    {
        let origins = paths.enumerated().map { "{ id: o\($0.offset), type: DISK, path: \"\($0.element)\" }" }
        let yaml = "accounts: [{ id: demo, insecure: true, origins: [\(origins.joined(separator: ", "))] }]"
        let file = try folder.write([UInt8](yaml.utf8), to: "apus.yaml")
        let opened = name ?? file
        return try Configuration.load(file: opened, environment: [:]).originsWithConfiguration(in: opened).map(\.origin)
    }

    @Test(arguments: [".", "./.", "/", "..", "../."])
    func folderWithTheFile(path: String) throws {
        let folder = try TemporaryFolder()
        let found = try origins(folder, of: ["/nowhere/at/all", path])
        #expect(found == ["o1"])
    }

    @Test func foldersBesideTheFile() throws {
        let (folder, other) = try (TemporaryFolder(), TemporaryFolder())
        try #require(mkdir(folder.path + "/pictures", 0o755) == 0)
        defer { rmdir(folder.path + "/pictures") }
        // The name of one may begin with that of another.
        #expect(try origins(folder, of: ["pictures", "apus", other.path, folder.path + "-2"]).isEmpty)
    }

    @Test func symbolicLinks() throws {
        let (folder, other) = try (TemporaryFolder(), TemporaryFolder())
        let (toFolder, toFile) = (other.path + "/pictures", other.path + "/link.yaml")
        try #require(symlink(folder.path, toFolder) == 0)
        defer { unlink(other.path + "/pictures") }
        try #require(symlink(folder.path + "/apus.yaml", toFile) == 0)
        defer { unlink(other.path + "/link.yaml") }
        #expect(try origins(folder, of: [toFolder]).count == 1)
        // The file is where the link leads; the link itself leads out of its folder, so that nobody gets it.
        #expect(
            try origins(folder, of: [folder.path, other.path], openedAs: toFile) == ["o0"])
    }
}
