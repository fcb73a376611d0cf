import Glibc
import Processes
import Testing

/// How many processors a cgroup grants, with made-up cgroup folders.
struct ProcessorGrantTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let files: [String: String]
        /// `nil`: as many as there are.
        let count: Int?

        static func v1(_ quota: String, _ period: String, _ count: Int?) -> Case {
            Case(
                testDescription: "v1 \(quota) \(period)",
                files: ["cpu/cpu.cfs_quota_us": quota, "cpu/cpu.cfs_period_us": period], count: count)
        }

        static func v2(_ text: String, _ count: Int?) -> Case {
            Case(testDescription: "v2 \(text)", files: ["cpu.max": text], count: count)
        }
    }

    @Test(arguments: [
        Case.v2("100000 100000\n", 1), .v2("50000 100000\n", 1), .v2("1000 100000", 1), .v2("max 100000\n", nil),
        .v2("99999999999 100000\n", nil), .v2("", nil), .v2("\n", nil), .v2("nonsense\n", nil), .v2("1\n", nil),
        .v2("1 2 3\n", nil), .v2("100000 0\n", nil), .v2("-1 100000\n", nil), .v2("0 100000\n", nil),
        .v2("nan 100000\n", nil), .v2("100000 nan\n", nil), .v2("inf 1\n", nil), .v2("1e300 1e-300\n", nil),
        .v2("1e-300 1e300\n", nil), .v2(String(repeating: "9", count: 1000), nil),
        .v1("100000\n", "100000\n", 1), .v1("-1\n", "100000\n", nil), .v1("100000\n", "0\n", nil),
        .v1("x\n", "100000\n", nil), .v1("25000\n", "100000\n", 1), .v1("1e300", "1e-300", nil),
        Case(testDescription: "v1 without a period", files: ["cpu/cpu.cfs_quota_us": "100000"], count: nil),
        Case(testDescription: "no limit at all", files: [:], count: nil),
    ])
    func `A quota is rounded up and never more than there is`(example: Case) throws {
        let all = ProcessorGrant.count(cgroupRoot: "/nowhere", membership: "/nowhere")
        #expect(all >= 1)
        let folder = try TemporaryFolder(example.files)
        #expect(ProcessorGrant.count(cgroupRoot: folder.path, membership: "/nowhere") == example.count ?? all)
    }

    @Test func `Two and a half processors are three, where there are so many`() throws {
        let all = ProcessorGrant.count(cgroupRoot: "/nowhere", membership: "/nowhere")
        let folder = try TemporaryFolder(["cpu.max": "250000 100000"])
        #expect(ProcessorGrant.count(cgroupRoot: folder.path, membership: "/nowhere") == min(3, all))
    }

    struct Nested: CustomTestStringConvertible {
        let testDescription: String
        let files: [String: String]
        let count: Int
    }

    /// The groups around a process set limits too.
    @Test(arguments: [
        Nested(
            testDescription: "v2, own group",
            files: ["membership": "0::/a/b\n", "a/b/cpu.max": "100000 100000", "a/cpu.max": "max 100000"], count: 1),
        Nested(
            testDescription: "v2, group around",
            files: ["membership": "0::/a/b\n", "a/b/cpu.max": "max 100000", "a/cpu.max": "90000 100000"], count: 1),
        Nested(
            testDescription: "v1, own group",
            files: [
                "membership": "5:memory:/m\n4:cpuset,cpu,cpuacct:/a/b\n0::/\n", "cpu/a/b/cpu.cfs_quota_us": "100000",
                "cpu/a/b/cpu.cfs_period_us": "100000", "cpu/cpu.cfs_quota_us": "-1",
                "cpu/cpu.cfs_period_us": "100000",
            ], count: 1),
        Nested(
            testDescription: "v1, what is mounted is the group itself",
            files: [
                "membership": "4:cpu:/docker/abc\n", "cpu/cpu.cfs_quota_us": "50000",
                "cpu/cpu.cfs_period_us": "100000",
            ], count: 1),
    ])
    func `The smallest quota counts, whichever group sets it`(example: Nested) throws {
        let folder = try TemporaryFolder(example.files)
        #expect(
            ProcessorGrant.count(cgroupRoot: folder.path, membership: folder.path + "/membership") == example.count)
    }
}
