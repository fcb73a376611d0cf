import Glibc

/// Of Linux, as uname(2) tells it.
package struct KernelVersion: Comparable, Sendable {
    package let major: Int
    package let minor: Int

    package init(_ major: Int, _ minor: Int) {
        (self.major, self.minor) = (major, minor)
    }

    /// `nil` where the text does not begin with two numbers.
    package init?(release: String) {
        let parts = release.split(separator: ".", maxSplits: 2).prefix(2)
        let numbers = parts.compactMap { Int($0.prefix { ("0"..."9").contains($0) }) }
        guard numbers.count == 2 else { return nil }
        let (major, minor) = (numbers[0], numbers[1])
        self.init(major, minor)
    }

    package static var current: KernelVersion? {
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return KernelVersion(release: release)
    }

    package static func < (one: KernelVersion, other: KernelVersion) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }
}
