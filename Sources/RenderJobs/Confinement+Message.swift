package import Processes

/// What a render process says once, before its first job.
extension Confinement {
    /// As it travels to the worker.
    package var message: [UInt8] {
        var writer = MessageWriter()
        writer.write(UInt32(clamping: landlock))
        writer.write(UInt8(filtersCalls ? 1 : 0))
        return writer.bytes
    }

    package init(message: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(message)
        let landlock = Int(try reader.read(UInt32.self))
        self.init(landlock: landlock, filtersCalls: try reader.read(UInt8.self) == 1)
    }
}
