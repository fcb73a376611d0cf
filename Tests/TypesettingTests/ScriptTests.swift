import Testing
import Typesetting

@Suite struct ScriptTests {
    /// The ink of the named part of the columns' groups.
    @Test func theFirstLetterOfHebrewStandsOnTheRight() throws {
        // Yod is the smallest letter, he one of the widest.
        let letters = try Typesetter.draw(TextSetting("יה", size: 60)).letters()
        let widths = letters.map(\.count)
        #expect(widths.count >= 2)
        #expect((widths.last ?? 99) < 15)
        let turned = try Typesetter.draw(TextSetting("הי", size: 60)).letters()
        #expect((turned.first?.count ?? 99) < 15)
    }

    @Test func latinInsideHebrewRunsLeftToRight() throws {
        // "i" is the narrow one: Latin runs from i to m, and stands left of the Hebrew word before it.
        let letters = try Typesetter.draw(TextSetting("שש im", size: 60)).letters()
        #expect((letters.first?.count ?? 99) < 12)
    }

    @Test func arabicLettersJoin() throws {
        let joined = try Typesetter.draw(TextSetting("سسس", size: 60))
        let apart = try Typesetter.draw(TextSetting("س\u{200C}س\u{200C}س", size: 60))
        #expect(joined.letters().count == 1)
        #expect(apart.letters().count == 3)
        #expect(joined.width < apart.width)
    }

    @Test func devanagariMakesConjunctsAndReorders() throws {
        let conjunct = try Typesetter.draw(TextSetting("क्ष", size: 60))
        let parts = try Typesetter.draw(TextSetting("क\u{94D}\u{200C}ष", size: 60))
        #expect(conjunct.width < parts.width)
        // The vowel sign i is written after its consonant and stands before it: the hook over both is on the left.
        #expect(try Typesetter.draw(TextSetting("कि", size: 60)) != Typesetter.draw(TextSetting("की", size: 60)))
    }

    struct Script: CustomTestStringConvertible {
        let name: String
        let one: String
        let other: String
        var testDescription: String { name }
    }

    /// A missing glyph is a box with the character's number: boxes of all characters have one size, these letters have two.
    @Test(arguments: [
        Script(name: "Greek", one: "Ω", other: "ι"), Script(name: "Cyrillic", one: "Ж", other: "г"),
        Script(name: "Armenian", one: "Ֆ", other: "ի"), Script(name: "Georgian", one: "დ", other: "ჰ"),
        Script(name: "Thai", one: "ก", other: "ๆ"), Script(name: "Lao", one: "ກ", other: "ໆ"),
        Script(name: "Tamil", one: "ஔ", other: "ர"), Script(name: "Bengali", one: "অ", other: "ব"),
        Script(name: "Ethiopic", one: "ጯ", other: "ነ"), Script(name: "Khmer", one: "ញ", other: "រ"),
        Script(name: "Hiragana", one: "を", other: "い"), Script(name: "Hangul", one: "한", other: "ㅣ"),
        Script(name: "Han", one: "龍", other: "一"),
    ])
    func everyScriptHasAFont(script: Script) throws {
        let one = try Typesetter.draw(TextSetting(script.one, size: 80))
        let other = try Typesetter.draw(TextSetting(script.other, size: 80))
        #expect((one.width, one.height) != (other.width, other.height))
    }

    @Test func combiningMarksStandOverTheirLetter() throws {
        #expect(try Typesetter.draw(TextSetting("e\u{301}", size: 60)) == Typesetter.draw(TextSetting("é", size: 60)))
        // No font has this letter ready, and Open Sans lacks the mark.
        let marked = try Typesetter.draw(TextSetting("x\u{302}", size: 60))
        let plain = try Typesetter.draw(TextSetting("x", size: 60), family: "Noto Sans")
        #expect(abs(marked.width - plain.width) <= 1)
        #expect(marked.height > plain.height + 5)
    }

    @Test func emojiHaveColours() throws {
        let bitmap = try Typesetter.draw(TextSetting("😀", size: 60))
        #expect((60...80).contains(bitmap.width))
        let yellow = (0..<bitmap.width).count { bitmap[$0, bitmap.height / 4].isYellow }
        #expect(yellow > bitmap.width / 3)
    }

    @Test func emojiTakeTheAlphaAndNotTheColour() throws {
        var setting = TextSetting("😀", size: 60)
        let opaque = try Typesetter.draw(setting)
        setting.colour = .init(red: 255, green: 0, blue: 0, alpha: 128)
        let faint = try Typesetter.draw(setting)
        let middle = (opaque[opaque.width / 2, opaque.height / 4], faint[faint.width / 2, faint.height / 4])
        #expect(middle.0.alpha == 255 && middle.1.alpha == 128)
        #expect(middle.0.red == middle.1.red && middle.0.green == middle.1.green)
    }

    @Test(arguments: ["👨‍👩‍👧", "🇩🇪", "👍🏽", "1️⃣", "❤️"])
    func oneEmojiIsOnePicture(text: String) throws {
        let bitmap = try Typesetter.draw(TextSetting(text, size: 60))
        #expect((40...90).contains(bitmap.width))
    }
}

extension TextBitmap.Pixel {
    var isYellow: Bool { alpha > 200 && red > 200 && green > 150 && blue < 120 }
}
