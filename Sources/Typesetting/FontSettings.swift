/// fontconfig's settings for texts: ours alone, so that a text looks the same on every host with the same fonts,
/// whatever its `/etc/fonts` says.
enum FontSettings {
    /// The cache is Debian's own, kept by the package `fontconfig`. Without it every first text reads all fonts.
    static let text = """
        <?xml version="1.0"?>
        <!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
        <fontconfig>
            <dir>/usr/share/fonts</dir>
            <dir>/usr/local/share/fonts</dir>
            <cachedir>/var/cache/fontconfig</cachedir>
            <selectfont>
                <rejectfont>
                    <pattern><patelt name="fontformat"><string>PCF</string></patelt></pattern>
                    <pattern><patelt name="fontformat"><string>Type 1</string></patelt></pattern>
                </rejectfont>
            </selectfont>
        \(emoji)
        \(fallbacks)
        \(drawing)
        </fontconfig>
        """

    /// Pango asks for this family wherever Unicode says that a character is shown as an emoji.
    private static let emoji = """
        <match target="pattern">
            <test name="family"><string>emoji</string></test>
            <edit name="family" mode="prepend_first" binding="strong"><string>Noto Color Emoji</string></edit>
        </match>
        """

    /// Which fonts are asked for a character that the wanted one lacks; the first that has it wins. `strong`: before
    /// what is made for the language. Any other installed font comes after them.
    ///
    /// In a Chinese, Japanese or Korean text those fonts come first, for other scripts' fonts share some of their
    /// punctuation.
    private static var fallbacks: String {
        let chinese = [("ja", "JP"), ("ko", "KR"), ("zh-tw", "TC"), ("zh-hk", "HK"), ("zh-cn", "SC")]
        let rules = chinese.map { language, letters in
            """
            <match target="pattern">
                <test name="lang" compare="eq"><string>\(language)</string></test>
                \(appended(["Noto Sans CJK \(letters)", "WenQuanYi Micro Hei"]))
            </match>
            """
        }
        return """
            <match target="pattern">\(appended([BuiltInFont.defaultFamily, "Noto Sans"]))</match>
            \(rules.joined(separator: "\n"))
            <match target="pattern">\(appended(others))</match>
            """
    }

    private static func appended(_ families: [String]) -> String {
        let names = families.map { "<string>\($0)</string>" }.joined()
        return "<edit name=\"family\" mode=\"append_last\" binding=\"strong\">\(names)</edit>"
    }

    private static let others =
        [
            "Arabic", "Hebrew", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada",
            "Malayalam", "Sinhala", "Thai", "Lao", "Myanmar", "Khmer", "Georgian", "Armenian", "Ethiopic", "CJK SC",
            "Mongolian", "Math", "Symbols", "Symbols2",
        ].map { "Noto Sans \($0)" }
        + ["Noto Serif Tibetan", "WenQuanYi Micro Hei", "DejaVu Sans", "Noto Color Emoji"]

    /// No hinting, and what a family lacks is made of what it has: bold, slanted, and bitmaps (colour emoji) in any
    /// size. Nothing here may ask for antialiasing: cairo would leave bitmaps out.
    private static let drawing = """
        <match target="font">
            <edit name="hinting" mode="assign"><bool>false</bool></edit>
            <edit name="autohint" mode="assign"><bool>false</bool></edit>
            <edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
            <edit name="rgba" mode="assign"><const>none</const></edit>
        </match>
        <match target="font">
            <test name="outline" compare="eq"><bool>false</bool></test>
            <edit name="pixelsizefixupfactor" mode="assign">
                <divide><name target="pattern">pixelsize</name><name target="font">pixelsize</name></divide>
            </edit>
            <edit name="matrix" mode="assign">
                <times>
                    <name>matrix</name>
                    <matrix>
                        <name>pixelsizefixupfactor</name><double>0</double>
                        <double>0</double><name>pixelsizefixupfactor</name>
                    </matrix>
                </times>
            </edit>
            <edit name="size" mode="assign">
                <divide><name>size</name><name>pixelsizefixupfactor</name></divide>
            </edit>
        </match>
        <match target="font">
            <test name="slant"><const>roman</const></test>
            <test target="pattern" name="slant" compare="not_eq"><const>roman</const></test>
            <test name="outline"><bool>true</bool></test>
            <edit name="matrix" mode="assign">
                <times>
                    <name>matrix</name>
                    <matrix><double>1</double><double>0.2</double><double>0</double><double>1</double></matrix>
                </times>
            </edit>
            <edit name="slant" mode="assign"><const>oblique</const></edit>
            <edit name="embeddedbitmap" mode="assign"><bool>false</bool></edit>
        </match>
        <match target="font">
            <test name="weight" compare="less_eq"><const>medium</const></test>
            <test target="pattern" name="weight" compare="more_eq"><const>bold</const></test>
            <test name="outline"><bool>true</bool></test>
            <edit name="embolden" mode="assign"><bool>true</bool></edit>
            <edit name="weight" mode="assign"><const>bold</const></edit>
        </match>
        """
}
