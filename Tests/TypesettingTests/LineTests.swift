import Testing
import Typesetting

@Suite struct LineTests {
    private func setting(_ text: String, size: Double = 40, width: Int? = nil) -> TextSetting {
        var setting = TextSetting(text, size: size)
        setting.lineWidth = width
        return setting
    }

    @Test(arguments: [60, 151, 400, 1000])
    func theBoxIsExactlyTheLineWidth(width: Int) throws {
        let bitmap = try Typesetter.draw(setting("one two three four", width: width))
        #expect(bitmap.width == width)
        #expect(bitmap.inkRows().first == 0)
        #expect(bitmap.inkRows().last == bitmap.height - 1)
    }

    @Test func wordsWrapAndALongWordIsBroken() throws {
        #expect(try Typesetter.draw(setting("HHHHH HHHHH", width: 200)).lines().count == 2)
        let broken = try Typesetter.draw(setting("HHHHHHHHHHHHHHH", width: 100))
        #expect(broken.lines().count >= 4)
        // No hyphen is added.
        let letters = try Typesetter.draw(setting("HHHHHHHHHHHHHHH")).ink
        #expect(abs(broken.ink - letters) < letters / 50)
    }

    @Test(arguments: ["Hi", "שלום", "مرحبا"])
    func alignmentIsASideOfTheBoxInEveryScript(text: String) throws {
        var setting = setting(text, width: 400)
        setting.alignment = .left
        #expect(try Typesetter.draw(setting).inkColumns().first ?? 400 < 8)
        setting.alignment = .right
        #expect(try Typesetter.draw(setting).inkColumns().last ?? 0 > 391)
        setting.alignment = .center
        let columns = try Typesetter.draw(setting).inkColumns()
        #expect(abs((columns.first ?? 0) + (columns.last ?? 0) - 399) <= 8)
    }

    @Test func shortLinesAreAlignedWithinTheLongestWithoutAWidth() throws {
        var setting = setting("I\nHHHHHH")
        setting.alignment = .right
        let bitmap = try Typesetter.draw(setting)
        let first = try #require(bitmap.lines().first)
        #expect(bitmap.inkColumns(rows: first.lowerBound..<first.upperBound + 1).first ?? 0 > bitmap.width * 3 / 4)
    }

    @Test(arguments: [40.0, 100, 33.5])
    func theLineHeightIsFromLineToLine(height: Double) throws {
        var setting = setting("H\nH\nH", size: 30)
        setting.lineHeight = height
        let lines = try Typesetter.draw(setting).lines()
        #expect(lines.count == 3)
        #expect(abs(Double(lines[2].lowerBound - lines[0].lowerBound) - 2 * height) <= 1)
    }

    @Test func theLineHeightOfOneLineChangesNothing() throws {
        var setting = setting("Hxg")
        let plain = try Typesetter.draw(setting)
        setting.lineHeight = 200
        #expect(try Typesetter.draw(setting) == plain)
    }

    @Test(arguments: ["H\nH", "H\r\nH", "H\rH", "H\u{2028}H", "H\u{85}H"])
    func endsOfLines(text: String) throws {
        #expect(try Typesetter.draw(TextSetting(text, size: 30)) == Typesetter.draw(TextSetting("H\nH", size: 30)))
    }

    @Test(arguments: TextSetting.Alignment.allCases)
    func inkThatOnlyHangsOverIsMovedInside(alignment: TextSetting.Alignment) throws {
        // Both ends hang over where the line ends: the tail of j to the left, the hook of f to the right.
        var setting = TextSetting("jf", size: 80)
        setting.isItalic = true
        setting.alignment = alignment
        let hugging = try Typesetter.draw(setting, family: "Vollkorn")
        setting.lineWidth = 300
        let inBox = try Typesetter.draw(setting, family: "Vollkorn")
        #expect(inBox.width == 300)
        #expect(inBox.ink == hugging.ink)
        switch alignment {
        case .left: #expect(inBox.inkColumns().first == 0)
        case .right: #expect(inBox.inkColumns().last == 299)
        case .center: #expect(inBox.inkColumns().count == hugging.inkColumns().count)
        }
    }
}
