/// What a render process says once, before its first job: what it has given up for good.
package struct RenderHello: Sendable, Equatable {
    /// By which version of Landlock files are out of its reach; 0: they are not.
    package var landlock: Int
    /// Whether its system calls are filtered, so that it has no sockets and no programs.
    package var filtersCalls: Bool

    package init(landlock: Int, filtersCalls: Bool) {
        self.landlock = landlock
        self.filtersCalls = filtersCalls
    }

    /// Whether this kernel, or what this program was started in, has kept back nothing.
    package var isComplete: Bool { landlock > 0 && filtersCalls }

    /// As it travels to the worker.
    package var message: [UInt8] {
        var writer = MessageWriter()
        writer.write(UInt32(clamping: landlock))
        writer.write(UInt8(filtersCalls ? 1 : 0))
        return writer.bytes
    }

    package init(message: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(message)
        landlock = Int(try reader.read(UInt32.self))
        filtersCalls = try reader.read(UInt8.self) == 1
    }
}

extension RenderHello: CustomStringConvertible {
    package var description: String {
        let files = landlock > 0 ? "files by Landlock \(landlock)" : "files not, for want of Landlock"
        let calls = filtersCalls ? "sockets and programs by seccomp" : "sockets and programs not, for want of seccomp"
        return "\(files), \(calls)"
    }
}
