extension HTTPDate {
    /// Reads the three forms of RFC 9110 §5.6.7; the name of the weekday has to be one, but need not be that of the
    /// date.
    ///
    /// - Parameter now: Two-digit years of the second form lie at most fifty years after it.
    package init?(_ text: String, now: HTTPDate = HTTPDate(unixSeconds: 0)) {
        guard text.utf8.count <= 40 else { return nil }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        switch words.count {
        case 4: self.init(obsolete: words, now: now)
        case 5: self.init(asctime: words, day: number(words[2], digits: 2))
        case 6 where words[2].isEmpty:
            self.init(asctime: words.filter { !$0.isEmpty }, day: number(words[3], digits: 1))
        case 6: self.init(fixed: words)
        default: return nil
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private init?(fixed words: [Substring]) {
        guard words[0].last == ",", Self.days.contains(String(words[0].dropLast())), words[5] == "GMT",
            let day = number(words[1], digits: 2), let month = Self.month(words[2]),
            let year = number(words[3], digits: 4)
        else { return nil }
        self.init(CalendarDate(year: year, month: month, day: day), time: words[4])
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`
    private init?(obsolete words: [Substring], now: HTTPDate) {
        let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
        guard words[0].last == ",", Self.longDays.contains(String(words[0].dropLast())), words[3] == "GMT",
            parts.count == 3,
            let day = number(parts[0], digits: 2), let month = Self.month(parts[1]),
            let shortYear = number(parts[2], digits: 2)
        else { return nil }
        let thisYear = CalendarDate(dayNumber: now.unixSeconds / 86_400).year
        var year = thisYear - thisYear % 100 + shortYear
        if year > thisYear + 50 { year -= 100 }
        if year <= thisYear - 50 { year += 100 }
        self.init(CalendarDate(year: year, month: month, day: day), time: words[2])
    }

    /// `Sun Nov  6 08:49:37 1994`, where the day is two digits, or a space and one.
    private init?(asctime words: [Substring], day: Int64?) {
        guard words.count == 5, Self.days.contains(String(words[0])), let month = Self.month(words[1]), let day,
            let year = number(words[4], digits: 4)
        else { return nil }
        self.init(CalendarDate(year: year, month: month, day: day), time: words[3])
    }

    private init?(_ date: CalendarDate, time: Substring) {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard date.exists, parts.count == 3, let hour = number(parts[0], digits: 2), hour < 24,
            let minute = number(parts[1], digits: 2), minute < 60, let second = number(parts[2], digits: 2),
            second <= 60
        else { return nil }
        self.init(unixSeconds: date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second)
    }

    private static func month(_ name: Substring) -> Int64? {
        months.firstIndex(of: String(name)).map { Int64($0 + 1) }
    }
}

private func number(_ text: Substring, digits: Int) -> Int64? {
    guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int64(text)
}
