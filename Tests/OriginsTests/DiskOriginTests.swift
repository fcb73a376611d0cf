import Deadlines
import Glibc
import HTTPRules
import HostileOrigin
import Memory
import Origins
import Testing
import Transfer

@Suite("DISK origins")
struct DiskOriginTests {
    private let folder: TemporaryFolder
    private let origin: DiskOrigin

    /// `root` is the origin; `secret` and `rootless/secret` lie beside it.
    init() throws {
        folder = try TemporaryFolder()
        for name in ["root", "root/sub", "rootless"] { try folder.makeFolder(name) }
        for name in ["secret", "rootless/secret"] { try folder.write(name, "secret") }
        try folder.write("root/a.jpg", "picture")
        try folder.write("root/sub/b.jpg", "below")
        origin = DiskOrigin(id: "photos", root: folder.path + "/root")
    }

    @Test("Read a file, with validators that change when it does")
    func reads() throws {
        let first = try origin.fetch(object("a.jpg"))
        #expect(first.text == "picture")
        #expect(!first.isPrivate && first.metadata.lifetimeFields == .init() && first.metadata.contentType == nil)
        #expect(try origin.fetch(object("sub/b.jpg")).text == "below")
        #expect(try origin.fetch(object("a.jpg")).validators == first.validators)

        let modified = try #require(first.validators.lastModified)
        #expect(abs(modified - Int64(time(nil))) < 3600)
        var times = [timespec(tv_sec: 1_000_000_000, tv_nsec: 5), timespec(tv_sec: 1_000_000_000, tv_nsec: 5)]
        #expect(utimensat(AT_FDCWD, folder.path + "/root/a.jpg", &times, 0) == 0)
        let second = try origin.fetch(object("a.jpg"))
        #expect(second.validators.lastModified == 1_000_000_000)
        #expect(second.validators.entityTag != first.validators.entityTag)
    }

    @Test("Read an empty file and a large one whole")
    func sizes() throws {
        try folder.write("root/empty", "")
        #expect(try origin.fetch(object("empty")).bytes.count == 0)
        let text = String(repeating: "0123456789", count: 90_001)
        try folder.write("root/large", text)
        #expect(try origin.fetch(object("large")).text == text)
    }

    @Test(
        "Have nothing under names that lead out, or to what is no file",
        arguments: [
            "", "/", "absent", "absent/a.jpg", "a.jpg/", "a.jpg/x", "/a.jpg", "sub", "sub/", ".", "..", "../secret",
            "sub/../../secret",
            "sub/../a.jpg", "./a.jpg", "../rootless/secret", "sub//b.jpg", "a.jpg\0", "\0", "a.jpg\0.png",
        ])
    func nothing(name: String) {
        #expect(throws: OriginError.notFound) { try origin.fetch(object(name)) }
    }

    @Test(
        "Have nothing under encoded slashes, which one segment cannot hold",
        arguments: ["sub/b.jpg", "../secret", "sub/.."])
    func encodedSlash(segment: String) {
        let path = OriginPath(segments: [[UInt8](segment.utf8)], encoded: "x")
        #expect(throws: OriginError.notFound) { try origin.fetch(OriginRequest(path: path)) }
    }

    @Test("Have nothing under names longer than names can be", arguments: [300, 5000])
    func longName(length: Int) {
        #expect(throws: OriginError.notFound) { try origin.fetch(object(String(repeating: "a", count: length))) }
    }

    @Test(
        "Read names of any bytes",
        arguments: [
            "with space.jpg", "100%.jpg", "a?b#c", "ü.jpg", "\u{65}\u{301}.jpg", "-rf", "...", "..a", "\n", "a\\b",
        ])
    func oddNames(name: String) throws {
        try folder.write("root/" + name, name)
        #expect(try origin.fetch(object(name)).text == name)
    }

    @Test("Read a name that is no UTF-8")
    func rawBytes() throws {
        let bytes: [UInt8] = [0xFF, 0xFE, 0x2E]
        try folder.write([UInt8]("root/".utf8) + bytes, "odd")
        let request = OriginRequest(path: OriginPath(segments: [bytes], encoded: "%FF%FE."))
        #expect(try origin.fetch(request).text == "odd")
    }

    @Test("Follow symbolic links that stay inside")
    func linksInside() throws {
        try folder.link("root/link.jpg", to: "sub/b.jpg")
        try folder.link("root/sub/up.jpg", to: "../a.jpg")
        try folder.link("root/folder", to: "sub")
        #expect(try origin.fetch(object("link.jpg")).text == "below")
        #expect(try origin.fetch(object("sub/up.jpg")).text == "picture")
        #expect(try origin.fetch(object("folder/b.jpg")).text == "below")
        try folder.link("rootlink", to: "root")
        #expect(try DiskOrigin(id: "x", root: folder.path + "/rootlink").fetch(object("a.jpg")).text == "picture")
    }

    @Test(
        "Have nothing behind links that leave, wherever they stand",
        arguments: [
            ("link", "../secret", "link"), ("link", "/etc/passwd", "link"), ("link", "..", "link/secret"),
            ("link", "/", "link/etc/passwd"), ("link", "link", "link"), ("link", "../rootless", "link/secret"),
            ("link", "absent", "link"), ("link", "/proc/self/fd/0", "link"),
            ("sub/link", "../../root/a.jpg", "sub/link"),
        ])
    func linksOutside(name: String, target: String, asked: String) throws {
        try folder.link("root/" + name, to: target)
        #expect(throws: OriginError.notFound) { try origin.fetch(object(asked)) }
    }

    @Test("Have nothing in FIFOs, sockets and devices, and do not wait for them")
    func specialFiles() throws {
        try folder.makeFIFO("root/fifo")
        #expect(throws: OriginError.notFound) { try origin.fetch(object("fifo")) }
        let devices = DiskOrigin(id: "devices", root: "/dev")
        for name in ["zero", "null", "tty"] {
            #expect(throws: OriginError.notFound) { try devices.fetch(object(name)) }
        }
    }

    @Test("Look at the size first")
    func tooLarge() throws {
        #expect(throws: OriginError.tooLarge(limit: 6)) { try origin.fetch(object("a.jpg"), maximumBytes: 6) }
        #expect(try origin.fetch(object("a.jpg"), maximumBytes: 7).text == "picture")
        // A sparse file: no bytes are there, and none are read.
        try #require(truncate(folder.path + "/root/a.jpg", 1 << 40) == 0)
        #expect(throws: OriginError.tooLarge(limit: 1000)) { try origin.fetch(object("a.jpg"), maximumBytes: 1000) }
    }

    @Test("Say what the owner has to change", .enabled(if: geteuid() != 0, "root may read everything"))
    func forbidden() throws {
        try folder.write("root/locked", "x", mode: 0)
        #expect(throws: OriginError.forbidden()) { try origin.fetch(object("locked")) }
    }

    @Test("May be missing, come and go")
    func missingRoot() throws {
        let late = DiskOrigin(id: "late", root: folder.path + "/late")
        #expect(throws: OriginError.unidentified(.folderMissing)) { try late.fetch(object("a")) }
        try folder.makeFolder("late")
        #expect(throws: OriginError.notFound) { try late.fetch(object("a")) }
        try folder.write("late/a", "now")
        #expect(try late.fetch(object("a")).text == "now")
    }

    @Test("Never give half of a file that is being rewritten")
    func rewritten() throws {
        let (old, new) = (String(repeating: "o", count: 600_000), String(repeating: "n", count: 600_000))
        try folder.write("root/busy", old)
        let path = folder.path + "/root/busy"
        let writer = try Thread {
            for round in 0..<200 {
                truncate(path, 1000)
                let descriptor = open(path, O_WRONLY)
                _ = write(descriptor, round.isMultiple(of: 2) ? new : old, 600_000)
                close(descriptor)
            }
        }
        defer { writer.join() }
        for _ in 0..<200 {
            do throws(OriginError) {
                // Whole, or as it stood for a moment, cut or partly written, but never changing while it was read.
                #expect(try origin.fetch(object("busy")).bytes.count <= 600_000)
            } catch {
                #expect(error == .unidentified(.changedWhileRead))
            }
        }
    }

    @Test("Do not read again what the caller has, unless it has changed")
    func conditional() throws {
        let first = try origin.fetch(object("a.jpg"))
        var request = object("a.jpg")
        request.known = first.metadata
        let second = try origin.answer(request)
        #expect(second.isNotModified)
        #expect(second.metadata.validators == first.validators)
        #expect(second.metadata.fetchedAt >= first.metadata.fetchedAt)
        try folder.write("root/a.jpg", "another")
        #expect(try origin.fetch(request).text == "another")
    }

    @Test("End at the deadline")
    func deadline() throws {
        let answer = try origin.open(object("a.jpg"), deadline: .now)
        #expect(throws: OriginError.timedOut(.total)) { try answer.body.text() }
    }
}
