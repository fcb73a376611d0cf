import FirstInputs
import HTTPRules

/// Dates, entity tags, ranges: what is written is read again as the same, and what is resolved lies inside.
enum Validators {
    static func check(_ text: String) {
        checkDate(text)
        checkRange(text)
        checkTags(text)
        checkConditions(text)
    }

    private static func checkDate(_ text: String) {
        for now in [0, 1_700_000_000, 253_402_300_799] as [Int64] {
            guard let date = HTTPDate(text, now: HTTPDate(unixSeconds: now)) else { continue }
            expect(date.description.utf8.count == 29, "a date of another form: \(date)")
            expect(HTTPDate(date.description) == date, "a date is read back as another one: \(text)")
            expect(RetryAfter.seconds(text, now: date) == 0, "a moment that is not now: \(text)")
        }
        let number = text.utf8.reduce(Int64(0)) { $0 &* 257 &+ Int64($1) }
        let date = HTTPDate(unixSeconds: number)
        expect(HTTPDate(date.description) == date, "a moment is read back as another one: \(number)")
    }

    private static func checkRange(_ text: String) {
        if let request = RangeRequest(text) {
            for length in [0, 1, 500, .max] {
                guard let range = request.resolved(of: length) else { continue }
                expect(range.first >= 0 && range.last < length, "a range outside of \(length) bytes: \(text)")
                expect(RangeRequest("bytes=\(range)")?.resolved(of: length) == range, "another range: \(range)")
            }
        }
        if let range = ContentRange(text) {
            expect(ContentRange(range.description) == range, "a part is read back as another one: \(text)")
            expect(!text.contains("+") && text.count { $0 == "-" } == 1, "a part with signs: \(text)")
            expect(range.total.map { range.range.last < $0 } ?? true, "a part beyond the whole: \(text)")
        }
    }

    private static func checkTags(_ text: String) {
        if let tag = EntityTag(parsing: text) {
            expect(tag.description.isSpelled(as: text), "a tag is written otherwise: \(text)")
            expect(tag.value.utf8.count <= EntityTag.bytesLimit, "a tag that is too long: \(text)")
        }
        guard case .tags(let tags)? = EntityTagList(text) else { return }
        for tag in tags {
            expect(EntityTag(parsing: tag.description) == tag, "a tag is read back as another one: \(tag)")
            for other in tags where tag.strongMatches(other) {
                expect(tag.value.isSpelled(as: other.value) && !tag.isWeak, "other bytes match: \(tag), \(other)")
            }
        }
    }

    private static func checkConditions(_ text: String) {
        let tag = EntityTag("one")
        let conditions = ConditionalRequest(ifNoneMatch: text, ifModifiedSince: text)
        if conditions.isNotModified(entityTag: tag, lastModified: HTTPDate(unixSeconds: 0)) {
            expect(text.contains("*") || text.contains("one"), "nobody has named it: \(text)")
        }
        expect(
            !conditions.isNotModified(entityTag: nil, lastModified: nil) || text.contains("*"), "nothing is unchanged")
    }
}
