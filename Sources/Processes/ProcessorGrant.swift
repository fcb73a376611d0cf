import CLinux
import Glibc

/// How many processors this process may use: the smallest quota of its cgroups (v2, else v1), else what its affinity
/// allows.
///
/// A container that sees all processors of its host but may use two must not start sixty-four render processes.
package enum ProcessorGrant {
    private static let resource = ControlGroups.Resource(controller: "cpu", unified: "cpu.max")

    package static func count() -> Int {
        count(cgroupRoot: ControlGroups.usualRoot, membership: ControlGroups.usualMembership)
    }

    /// Processors on which this process may run, whatever part of their time is its own; at least 1.
    package static var allowed: Int {
        let affinity = Int(apus_allowed_processors())
        return affinity > 0 ? affinity : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// At least 1.
    ///
    /// - Parameters:
    ///   - root: where the cgroup file systems are mounted.
    ///   - membership: the file that says in which groups this process is.
    package static func count(cgroupRoot root: String, membership: String) -> Int {
        let allowed = allowed
        // Not true of what is not a number.
        guard let quota = quota(ControlGroups(root: root, membership: membership)), quota > 0 else { return allowed }
        // Rounded up: half a processor still needs one render process.
        return max(1, Int(min(Double(allowed), quota.rounded(.up))))
    }

    private static func quota(_ groups: ControlGroups) -> Double? {
        let unified = groups.unifiedFolders(of: resource)
        let quotas =
            unified.isEmpty
            ? groups.dividedFolders(of: resource).compactMap(dividedQuota) : unified.compactMap(unifiedQuota)
        return quotas.filter { $0 > 0 }.min()
    }

    /// Documentation/admin-guide/cgroup-v2.rst: "$MAX $PERIOD", or "max" for no limit.
    private static func unifiedQuota(_ folder: String) -> Double? {
        guard let line = ControlGroups.firstLine(of: folder + "/cpu.max") else { return nil }
        let parts = line.split(separator: " ").compactMap { Double($0) }
        return parts.count == 2 && parts[1] > 0 ? parts[0] / parts[1] : nil
    }

    private static func dividedQuota(_ folder: String) -> Double? {
        guard let quota = ControlGroups.firstLine(of: folder + "/cpu.cfs_quota_us").flatMap(Double.init), quota > 0,
            let period = ControlGroups.firstLine(of: folder + "/cpu.cfs_period_us").flatMap(Double.init), period > 0
        else { return nil }
        return quota / period
    }
}
