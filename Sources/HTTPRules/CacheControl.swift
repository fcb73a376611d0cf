/// The directives of `Cache-Control` that Apus acts on or sends (RFC 9111 §5.2); others are left out.
package struct CacheControl: Sendable, Equatable {
    /// The directives without argument, by their names.
    package var isPublic = false
    package var isPrivate = false
    package var noCache = false
    package var noStore = false
    package var noTransform = false
    package var mustRevalidate = false
    package var proxyRevalidate = false
    package var immutable = false
    /// Seconds for shared caches, stronger than `maxAge` there.
    package var sharedMaxAge: Int?
    /// Seconds.
    package var maxAge: Int?
    /// Seconds (RFC 5861), as is the next.
    package var staleWhileRevalidate: Int?
    package var staleIfError: Int?

    /// Ages above it mean the same (RFC 9111 §1.2.2).
    package static let longestAge = 2_147_483_648

    /// No directive.
    package init() {}

    /// How long a shared cache may keep an answer: 0 where it may not, `nil` where nothing is said.
    package var sharedAge: Int? {
        noStore || noCache || isPrivate ? 0 : sharedMaxAge ?? maxAge
    }
}

extension CacheControl {
    static let bytesLimit = 8192

    /// Reads a header's value; several headers are to be joined by commas. Directives that are broken are left out,
    /// except that an age which is no number counts as 0 (RFC 9111 §4.2.1 asks to treat it as stale); the first of
    /// two counts. One longer than 8 kB is not read and counts as `no-store`.
    package init(parsing text: String) {
        guard text.utf8.count <= Self.bytesLimit else {
            noStore = true
            return
        }
        var scanner = FieldScanner(text)
        while !scanner.isAtEnd {
            scanner.skipSpaces()
            if let name = scanner.token() {
                let argument = scanner.skip(UInt8(ascii: "=")) ? scanner.value() ?? "" : nil
                apply(name, argument)
            }
            scanner.skipItem()
        }
    }

    private mutating func apply(_ name: String, _ argument: String?) {
        switch name {
        case "public": isPublic = true
        // With field names these two speak of those fields alone; a cache that keeps whole answers takes them as meant
        // for all.
        case "private": isPrivate = true
        case "no-cache": noCache = true
        case "no-store": noStore = true
        case "no-transform": noTransform = true
        case "must-revalidate": mustRevalidate = true
        case "proxy-revalidate": proxyRevalidate = true
        case "immutable": immutable = true
        case "s-maxage": sharedMaxAge = sharedMaxAge ?? Self.age(argument)
        case "max-age": maxAge = maxAge ?? Self.age(argument)
        case "stale-while-revalidate": staleWhileRevalidate = staleWhileRevalidate ?? Self.age(argument)
        case "stale-if-error": staleIfError = staleIfError ?? Self.age(argument)
        default: break
        }
    }

    private static func age(_ text: String?) -> Int {
        text.flatMap { Int(deltaSeconds: $0) } ?? 0
    }
}

extension CacheControl: CustomStringConvertible {
    /// The value of the header, its directives in ImageKit's order; empty when there is none.
    package var description: String {
        var text = ""
        text.add("public", if: isPublic)
        text.add("private", if: isPrivate)
        text.add("no-cache", if: noCache)
        text.add("no-store", if: noStore)
        text.add("s-maxage", sharedMaxAge)
        text.add("max-age", maxAge)
        text.add("must-revalidate", if: mustRevalidate)
        text.add("proxy-revalidate", if: proxyRevalidate)
        text.add("no-transform", if: noTransform)
        text.add("immutable", if: immutable)
        text.add("stale-while-revalidate", staleWhileRevalidate)
        text.add("stale-if-error", staleIfError)
        return text
    }
}

extension String {
    fileprivate mutating func add(_ directive: String, if isSet: Bool) {
        guard isSet else { return }
        if !isEmpty { self += ", " }
        self += directive
    }

    fileprivate mutating func add(_ directive: String, _ age: Int?) {
        guard let age else { return }
        add(directive, if: true)
        self += "="
        self += String(max(0, min(age, CacheControl.longestAge)))
    }
}
