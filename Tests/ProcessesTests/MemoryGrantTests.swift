import Processes
import Testing

/// How much memory a cgroup grants, with made-up cgroup folders.
struct MemoryGrantTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let files: [String: String]
        /// `nil`: what the host has.
        let bytes: Int?
    }

    private static let none = "9223372036854771712\n"

    @Test(arguments: [
        Case(testDescription: "no cgroup at all", files: [:], bytes: nil),
        Case(testDescription: "v2, root alone", files: ["memory.max": "1048576\n"], bytes: 1_048_576),
        Case(testDescription: "v2 without limit", files: ["memory.max": "max\n"], bytes: nil),
        Case(
            testDescription: "v2, own group",
            files: ["membership": "0::/a/b\n", "a/b/memory.max": "1000\n", "a/memory.max": "2000\n"], bytes: 1000),
        Case(
            testDescription: "v2, group around",
            files: ["membership": "0::/a/b\n", "a/b/memory.max": "max\n", "a/memory.max": "2000\n"], bytes: 2000),
        Case(
            testDescription: "v2, throttled before it is ended",
            files: ["membership": "0::/a\n", "a/memory.max": "2000\n", "a/memory.high": "1500\n"], bytes: 1500),
        Case(
            testDescription: "v2 hides v1",
            files: ["memory.max": "max\n", "memory/memory.limit_in_bytes": "5000\n"], bytes: nil),
        Case(
            testDescription: "v1 without limit",
            files: ["membership": "4:memory:/\n", "memory/memory.limit_in_bytes": none], bytes: nil),
        Case(
            testDescription: "v1, group around",
            files: [
                "membership": "9:name=systemd:/\n4:memory:/a/b\n0::/\n", "memory/a/b/memory.limit_in_bytes": none,
                "memory/a/memory.limit_in_bytes": "3000\n", "memory/memory.limit_in_bytes": none,
            ], bytes: 3000),
        Case(
            testDescription: "v1 in a container, whose path leads nowhere",
            files: ["membership": "4:memory:/docker/abc\n", "memory/memory.limit_in_bytes": "4000\n"], bytes: 4000),
        Case(
            testDescription: "a group outside of what may be seen",
            files: ["membership": "0::/../../other\n", "memory.max": "700\n"], bytes: 700),
        Case(
            testDescription: "more than the host has",
            files: ["memory.max": "9000000000000000000\n"], bytes: nil),
        Case(testDescription: "nonsense", files: ["memory.max": "many\n", "membership": "::\n\n:"], bytes: nil),
        Case(testDescription: "nothing at all", files: ["memory.max": "0\n"], bytes: nil),
        Case(testDescription: "longer than any number", files: ["memory.max": "99999999999999999999\n"], bytes: nil),
    ])
    func `The smallest limit counts, and the host's memory where there is none`(example: Case) throws {
        let host = MemoryGrant.bytes(cgroupRoot: "/nowhere", membership: "/nowhere")
        #expect(host > 100_000_000)
        let folder = try TemporaryFolder(example.files)
        let granted = MemoryGrant.bytes(cgroupRoot: folder.path, membership: folder.path + "/membership")
        #expect(granted == example.bytes ?? host)
    }

    @Test func `What this process has is no more than the host has`() {
        #expect(MemoryGrant.bytes() > 0)
        #expect(MemoryGrant.bytes() <= MemoryGrant.bytes(cgroupRoot: "/nowhere", membership: "/nowhere"))
    }
}
