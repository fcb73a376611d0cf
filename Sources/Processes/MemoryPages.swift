import Glibc

/// What a process has in memory, by the kernel's books (proc(5), `/proc/[pid]/statm`). In bytes.
struct MemoryPages {
    /// Private memory that may be written, in memory or not: what RLIMIT_DATA counts.
    let data: Int
    /// In memory, without files and shared memory.
    let own: Int

    /// - Parameter process: a process's number, or `self`.
    /// - Returns: `nil` where the kernel does not tell.
    init?(of process: String) {
        // size, resident, shared, text, lib, data, dt, in pages.
        let line = ControlGroups.firstLine(of: "/proc/\(process)/statm") ?? ""
        let pages = line.split(separator: " ").compactMap { Int($0) }
        guard pages.count > 5 else { return nil }
        let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        data = pages[5] * pageBytes
        own = max(0, pages[1] - pages[2]) * pageBytes
    }
}
