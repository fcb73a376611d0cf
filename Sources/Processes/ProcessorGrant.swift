import CLinux
import Glibc

/// How many processors this process may use: the cgroup's quota (v2, else v1), else what its affinity allows.
///
/// A container that sees all processors of its host but may use two must not start sixty-four render processes.
package enum ProcessorGrant {
    /// At least 1. `root` is where the cgroup file system is mounted.
    package static func count(cgroupRoot root: String = "/sys/fs/cgroup") -> Int {
        let affinity = Int(apus_allowed_processors())
        let allowed = affinity > 0 ? affinity : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        // Not true of what is not a number.
        guard let quota = quota(root), quota > 0 else { return allowed }
        // Rounded up: half a processor still needs one render process.
        return max(1, Int(min(Double(allowed), quota.rounded(.up))))
    }

    private static func quota(_ root: String) -> Double? {
        // cgroup v2, Documentation/admin-guide/cgroup-v2.rst: "$MAX $PERIOD", or "max" for no limit.
        if let line = firstLine(of: root + "/cpu.max") {
            let parts = line.split(separator: " ").compactMap { Double($0) }
            return parts.count == 2 && parts[1] > 0 ? parts[0] / parts[1] : nil
        }
        guard let quota = firstLine(of: root + "/cpu/cpu.cfs_quota_us").flatMap(Double.init), quota > 0,
            let period = firstLine(of: root + "/cpu/cpu.cfs_period_us").flatMap(Double.init), period > 0
        else { return nil }
        return quota / period
    }

    private static func firstLine(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let bytes = line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
        return String(decoding: bytes, as: UTF8.self)
    }
}
