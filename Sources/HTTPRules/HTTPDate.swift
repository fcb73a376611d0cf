/// A moment as HTTP headers have it, in whole seconds (RFC 9110 §5.6.7).
package struct HTTPDate: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z without leap seconds, within the years 0…9999.
    package let unixSeconds: Int64

    private static let range: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    /// Clamps to the years 0…9999, which is what can be written.
    package init(unixSeconds: Int64) {
        self.unixSeconds = min(max(unixSeconds, Self.range.lowerBound), Self.range.upperBound)
    }

    package static func < (left: HTTPDate, right: HTTPDate) -> Bool {
        left.unixSeconds < right.unixSeconds
    }
}

extension HTTPDate: CustomStringConvertible {
    static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    static let longDays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that may be sent.
    package var description: String {
        let (dayNumber, second) = unixSeconds.flooredDivision(by: 86_400)
        let date = CalendarDate(dayNumber: dayNumber)
        let weekday = (dayNumber + 4).flooredDivision(by: 7).remainder
        let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        let day = "\(Self.days[Int(weekday)]), \(padded(date.day, 2)) \(Self.months[Int(date.month) - 1])"
        return "\(day) \(padded(date.year, 4)) \(time) GMT"
    }
}

/// A day of the Gregorian calendar, extended to before its invention.
struct CalendarDate: Equatable {
    var year: Int64
    /// 1…12
    var month: Int64
    /// 1…31
    var day: Int64

    /// Days since 1970-01-01. Counts in years that begin on 1 March, so that the leap day comes last.
    var dayNumber: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(dayNumber: Int64) {
        let (era, dayOfEra) = (dayNumber + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Whether there is such a day.
    var exists: Bool {
        (1...12).contains(month) && (1...31).contains(day) && CalendarDate(dayNumber: dayNumber) == self
    }
}

extension Int64 {
    /// Quotient rounded down and its remainder, never negative, for a positive divisor.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
