import Deadlines
import Glibc
import Testing
import Vips

@Suite struct VipsTests {
    init() throws { try VipsLibrary.start() }

    @Test func theModuleFolderHoldsTheModulesInUseAlone() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        let directory = "\(parent)/apus-vips-\(getpid())"
        let home = try #require(VipsLibrary.makeModuleFolder(in: directory))
        #expect(home.hasPrefix(directory))
        // Twice is no error: every render process of a worker does it.
        #expect(VipsLibrary.makeModuleFolder(in: directory) == home)
        var found = glob_t()
        defer { globfree(&found) }
        #expect(glob(home + "/*/*/*", 0, nil, &found) == 0)
        let modules = (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
        #expect(modules.map { $0.split(separator: "/").last } == ["vips-heif.so", "vips-poppler.so"])
        for module in modules {
            #expect(access(module, R_OK) == 0)
            removeUpwards(module, to: directory)
        }
    }

    private func removeUpwards(_ path: String, to directory: String) {
        unlink(path)
        var folder = path
        while folder.count > directory.count, let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            rmdir(folder)
        }
    }

    static let beginnings: [(SourceFormat, [UInt8])] = [
        (.jpeg, [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]), (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        (.gif, Array("GIF89a".utf8)), (.pdf, Array("%PDF-1.4".utf8)),
        (.svg, Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)),
    ]

    @Test(arguments: beginnings)
    func formatsAreToldByTheBytes(_ format: SourceFormat, bytes: [UInt8]) throws {
        let file = bytes + [UInt8](repeating: 0, count: 64)
        #expect(try Image.format(of: file.span.bytes) == format)
    }

    static let strangers: [[UInt8]] = [
        [], [0], Array("<html><body>not found</body></html>".utf8), Array("BM".utf8) + [UInt8](repeating: 0, count: 60),
        [UInt8](repeating: 0xFF, count: 100), Array("v\u{1}".utf8), Array("# ImageMagick".utf8),
    ]

    @Test(arguments: strangers)
    func allElseIsUnknown(_ bytes: [UInt8]) {
        #expect(throws: VipsError.unknownFormat) { try Image.format(of: bytes.span.bytes) }
    }

    @Test(arguments: SourceFormat.allCases)
    func rubbishIsAnErrorOfEveryLoader(_ format: SourceFormat) {
        let rubbish = [UInt8](repeating: 0x2E, count: 300)
        #expect(throws: VipsError.self) {
            try Image.load(rubbish.span.bytes, as: format, limit: TimeLimit()).inMemory()
        }
    }

    private static let drawing = Array(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="3000" height="2000"><rect width="900" height="900"/></svg>
        """.utf8)

    @Test func workIsStoppedOnceTheTimeIsOver() throws {
        let limit = TimeLimit()
        let image = try Image.load(Self.drawing.span.bytes, as: .svg, limit: limit)
        limit.deadline = .now
        #expect(limit.hasPassed)
        #expect(throws: VipsError.self) { try image.inMemory() }
    }

    /// A copy in memory has lost its connection to what it was made of.
    @Test func workOnACopyInMemoryIsStoppedToo() throws {
        let limit = TimeLimit()
        let copy = try Image.load(Self.drawing.span.bytes, as: .svg, limit: limit).inMemory()
        let blurred = try copy.rotated(degrees: 10, on: Pixel(red: 0, green: 0, blue: 0, alpha: 0)).blurred(sigma: 9)
        limit.deadline = .now
        #expect(throws: VipsError.self) { try blurred.inMemory() }
        #expect(throws: VipsError.self) { try copy.encoded(as: .png) }
    }

    @Test func theTimeCanBeSetAnew() throws {
        let limit = TimeLimit()
        limit.deadline = .now
        let image = try Image.load(Self.drawing.span.bytes, as: .svg, limit: limit)
        limit.deadline = Deadline(in: .seconds(600))
        #expect(try image.inMemory().width == 3_000)
    }
}
