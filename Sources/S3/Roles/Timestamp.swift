#if canImport(Glibc)
    import Glibc
#endif

/// Seconds since 1970 of a moment in UTC (ISO 8601) like `2026-01-31T12:00:00Z`, also with a fraction of the second,
/// which is dropped, and with `+00:00`; `nil` for anything else.
func unixSeconds(ofTimestamp text: String) -> Int64? {
    let bytes = Array(text.utf8)
    let marks: [(Int, Unicode.Scalar)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
    guard (20...40).contains(bytes.count), marks.allSatisfy({ bytes[$0] == UInt8(ascii: $1) }),
        let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), (1...12).contains(month),
        let day = number(bytes[8..<10]), (1...31).contains(day), let hour = number(bytes[11..<13]), hour < 24,
        let minute = number(bytes[14..<16]), minute < 60, let second = number(bytes[17..<19]), second <= 60
    else { return nil }
    var zone = bytes[19...]
    if zone.first == UInt8(ascii: ".") { zone = zone.dropFirst().drop { (48...57).contains($0) } }
    guard zone.elementsEqual("Z".utf8) || zone.elementsEqual("+00:00".utf8) else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
    return Int64(timegm(&parts))
}

private func number(_ digits: ArraySlice<UInt8>) -> Int32? {
    guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int32($1 - 48) }
}
