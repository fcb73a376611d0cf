extension Configuration.Workers {
    /// With what the command line says.
    func overridden(by overrides: Configuration.Overrides, _ reading: Reading) -> Self {
        var result = self
        if let processes = overrides.processes {
            result.statedProcesses = reading.checked(processes, in: Self.processesRange, at: "--workers")
        } else if statedProcesses == nil, let processes = overrides.defaultProcesses {
            result.statedProcesses = reading.checked(processes, in: Self.processesRange, at: "--default-workers")
        }
        if renders == 0, let renders = overrides.defaultRenders {
            result.renders = reading.checked(renders, in: Self.rendersRange, at: "--default-renders") ?? 0
        }
        return result
    }
}

extension RedisDraft {
    /// The Redis that the command line names.
    static func override(
        _ overrides: Configuration.Overrides, maxValueBytes: Int, _ reading: Reading
    ) -> Configuration.Redis? {
        guard let text = overrides.redis else { return nil }
        do {
            return RedisDraft(url: try RedisURL(checking: text), maxValueBytes: maxValueBytes).settings
        } catch {
            reading.report(error, at: "--redis")
            return nil
        }
    }
}

extension Configuration.Store {
    /// The store that the command line names.
    static func override(_ overrides: Configuration.Overrides, _ reading: Reading) -> Self? {
        let bytes = overrides.storeBytes.map { reading.checked($0, in: bytesRange, at: "--default-store-bytes") }
        return overrides.store.map { .disk(path: $0, maxBytes: (bytes ?? nil) ?? defaultMaxBytes) }
    }
}

extension Reading {
    /// A number of the command line; `nil` when it is out of range, which is reported.
    fileprivate func checked(_ number: Int, in range: ClosedRange<Int>, at option: String) -> Int? {
        guard !range.contains(number) else { return number }
        report(.wrong(expected: Format.integer(range).expected, found: String(number)), at: option)
        return nil
    }
}
