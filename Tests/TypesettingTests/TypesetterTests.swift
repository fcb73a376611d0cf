import Testing
import Typesetting

@Suite struct TypesetterTests {
    @Test func theBoxHugsTheInk() throws {
        let bitmap = try Typesetter.draw(TextSetting("  Hxg  ", size: 60))
        #expect(bitmap.isHuggingInk)
        // Open Sans' capital letters are 0.714 em high, its descender adds about 0.24.
        #expect((54...60).contains(bitmap.height))
    }

    @Test(arguments: [20.0, 72, 300])
    func theSizeIsInPixels(size: Double) throws {
        let bitmap = try Typesetter.draw(TextSetting("H", size: size))
        #expect(abs(Double(bitmap.height) - 0.714 * size) <= 1.5)
    }

    @Test func aTextOfSpacesIsOneTransparentPixel() throws {
        for text in ["", "   ", "\n\n", "\u{200B}", "\0\u{1}"] {
            let bitmap = try Typesetter.draw(TextSetting(text, size: 45))
            #expect(bitmap == (try Typesetter.draw(TextSetting(" ", size: 45))))
            #expect((bitmap.width, bitmap.height) == (1, 1))
            #expect(bitmap.pixels == [0, 0, 0, 0])
        }
        var setting = TextSetting(" ", size: 45)
        setting.lineWidth = 120
        let line = try Typesetter.draw(setting)
        #expect((line.width, line.height) == (120, 1))
    }

    @Test func controlCharactersAreDroppedAndMarkupIsText() throws {
        let plain = try Typesetter.draw(TextSetting("ab c", size: 45))
        #expect(try Typesetter.draw(TextSetting("a\0b\u{7}\tc\u{1B}\u{FEFF}", size: 45)) == plain)
        let marked = try Typesetter.draw(TextSetting("<b>ab c</b>", size: 45))
        #expect(marked.width > plain.width * 2)
        #expect(try Typesetter.draw(TextSetting("&amp;", size: 45)).letters().count == 5)
    }

    @Test func boldIsWiderAndBlackerAndItalicDiffers() throws {
        var setting = TextSetting("mill", size: 60)
        let regular = try Typesetter.draw(setting)
        setting.isBold = true
        let bold = try Typesetter.draw(setting)
        #expect(bold.width > regular.width)
        #expect(bold.ink > regular.ink * 5 / 4)
        setting.isBold = false
        setting.isItalic = true
        #expect(try Typesetter.draw(setting) != regular)
    }

    @Test func boldAndSlantAreMadeWhereAFontHasNone() throws {
        let serif = FontFiles.serif
        var setting = TextSetting("Hl", size: 100)
        let regular = try Typesetter.draw(setting, fontFile: serif.span.bytes)
        setting.isBold = true
        let bold = try Typesetter.draw(setting, fontFile: serif.span.bytes)
        #expect(bold.ink > regular.ink && bold.isHuggingInk)
        setting.isBold = false
        setting.isItalic = true
        let slanted = try Typesetter.draw(setting, fontFile: serif.span.bytes)
        #expect(slanted.width > regular.width + 5 && slanted.isHuggingInk)
    }

    @Test func strikethroughIsALineFromEndToEnd() throws {
        var setting = TextSetting("x x", size: 60)
        let plain = try Typesetter.draw(setting)
        setting.hasStrikethrough = true
        let struck = try Typesetter.draw(setting)
        #expect(plain.letters().count == 2)
        #expect(struck.letters().count == 1)
        #expect((0..<struck.height).contains { y in (0..<struck.width).allSatisfy { struck[$0, y].alpha > 0 } })
    }

    @Test func theColourIsTheOneAskedForAndOverlapsDoNotAddUp() throws {
        var setting = TextSetting("H", size: 80)
        setting.colour = .init(red: 255, green: 128, blue: 10, alpha: 102)
        setting.hasStrikethrough = true
        let bitmap = try Typesetter.draw(setting)
        let inked = (0..<bitmap.height).flatMap { y in (0..<bitmap.width).map { bitmap[$0, y] } }.filter {
            $0.alpha > 0
        }
        #expect(inked.map(\.alpha).max() == 102)
        #expect(inked.filter { $0.alpha == 102 }.allSatisfy { $0 == .init(red: 255, green: 128, blue: 10, alpha: 102) })
        // On the edges 8 bits leave the colour a little uncertain.
        #expect(inked.allSatisfy { $0.alpha < 40 || abs(Int($0.green) - 128) < 4 })
    }

    @Test func anUnknownFamilyIsTheDefaultFont() throws {
        let setting = TextSetting("Rag", size: 45)
        #expect(try Typesetter.draw(setting, family: "No Such Font") == Typesetter.draw(setting))
        #expect(try Typesetter.draw(setting, family: "") == Typesetter.draw(setting))
        #expect(try Typesetter.draw(setting, family: "PT Serif") != Typesetter.draw(setting))
    }

    @Test(arguments: ["pt_serif", "PT-SERIF", "ptserif", "Pt Serif"])
    func namesAreReadLeniently(name: String) throws {
        let setting = TextSetting("Rag", size: 45)
        #expect(try Typesetter.draw(setting, family: name) == Typesetter.draw(setting, family: "PT_Serif"))
    }

    /// The fonts that ImageKit's documentation names (reference §9.5).
    static let builtInFonts = [
        "AbrilFatFace", "Amaranth", "Arvo", "Audiowide", "Chivo", "Crimson Text", "exo", "Fredoka One", "Gravitas One",
        "Kanit", "Lato", "Lobster", "Lora", "Monoton", "Montserrat", "PT Mono", "PT_Serif", "Open Sans", "Roboto",
        "Old Standard", "Ubuntu", "Vollkorn",
    ]

    @Test(arguments: builtInFonts)
    func everyBuiltInFontIsInstalledOrHasARelativeThatIs(name: String) throws {
        let setting = TextSetting("Rag 123", size: 45)
        let drawn = try Typesetter.draw(setting, family: name)
        #expect((drawn == (try Typesetter.draw(setting))) == (name == BuiltInFont.defaultFamily))
        #expect(try Typesetter.draw(setting, family: name.uppercased()) == drawn)
    }
}
