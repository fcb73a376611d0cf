import SVGSanitising
import Testing

@Suite("Style sheets and declarations")
struct StyleTests {
    static let declarations: [Pair] = [
        Pair("fill:red"), Pair("fill : RED ; ", "fill:RED"), Pair("fill:url(#a)"),
        Pair("fill:url(  '#a' )", "fill:url(#a)"),
        Pair("FILL:url(\"#a b\")", "fill:url(&quot;#a b&quot;)"), Pair("fill:url(#a) #fff"), Pair("stroke-width:1.5px"),
        Pair("fill:rgb(1 2 3/50%)"), Pair("fill:#abc!important"), Pair("enable-background:new 0 0 512 512"),
        Pair("stroke-dasharray:1,2 3"), Pair("font:italic bold .8em/1.2 Arial,sans-serif"),
        Pair("font-family:'Open Sans', \"B\"", "font-family:&quot;Open Sans&quot;, &quot;B&quot;"),
        Pair("fill:/* a */red", "fill:red"), Pair("fill:red/**/;stroke:blue", "fill:red;stroke:blue"),
        Pair("--a:red;fill:var(--a,blue)"), Pair("transform:rotate(45deg) translate(-1px,calc(1px + 2%))"),
        Pair("mix-blend-mode:multiply;isolation:isolate"),
        Pair("stop-color:#f66;-inkscape-stroke:none", "stop-color:#f66"),
        Pair("d:path(\"M0 0h1\")", "d:path(&quot;M0 0h1&quot;)"),
        Pair("width:1e3px;width:1\\65 3px", "width:1e3px;width:1\\65 3px"),
        // What is not kept.
        Pair("fill:url(https://evil.example#a)", "fill:none"),
        Pair("fill:url(a.svg#b);stroke:red", "fill:none;stroke:red"), Pair("stroke:url(a)  #0f0", "stroke:#0f0"),
        Pair("mask:url(a) red", ""),
        Pair("fill:u\\72l(https://evil.example)", "fill:none"),
        Pair("fill:\\75\\72\\6c(https://evil.example)", "fill:none"),
        Pair("fill:url(\\68ttps://evil.example)", "fill:none"), Pair("fi\\6cl:red", "fill:red"),
        Pair("fill:url(&#106;avascript:alert(1))", ""), Pair("fill:url( java\\\nscript:x)", "fill:none"),
        Pair("fill:expression(alert(1))", ""), Pair("width:expr/**/ession(alert(1))", ""),
        Pair("width:\\65xpression(alert(1))", ""), Pair("behavior:url(#a)", ""), Pair("-moz-binding:url(#a)", ""),
        Pair("-moz-b\\69nding:url(#a)", ""), Pair("background:url(https://evil.example)", ""),
        Pair("background-image:url(https://evil.example)", ""), Pair("fill:image-set('https://evil.example' 1x)", ""),
        Pair("fill:image('https://evil.example')", ""), Pair("fill:src('https://evil.example')", ""),
        Pair("fill:element(#a)", ""), Pair("fill:-webkit-image-set(url(a) 1x)", ""), Pair("fill:paint(x)", ""),
        Pair("fill:attr(href url)", ""), Pair("content:'x'", ""), Pair("src:url(#a)", ""),
        Pair("@import 'https://evil.example'", ""), Pair("fill:@import", ""), Pair("fill:red}a{fill:blue", ""),
        Pair("fill:'unfinished", ""), Pair("fill:url(unfinished", ""), Pair("fill:'a\nb'", "fill:&quot;a b&quot;"),
        Pair("fill:rgb(1,2,3", ""), Pair("fill:)(", ""), Pair("fill:[a]", ""), Pair("fill:\\", ""),
        Pair("fill:<!--red-->", ""), Pair("fill", ""), Pair(":red", ""), Pair("1:red", ""), Pair("fill=red", ""),
        Pair("--a:url(https://evil.example)", ""), Pair("--a:{fill:red}", ""),
        Pair("fill:'&lt;/style>'", "fill:&quot;\\3c /style\\3e &quot;"),
        Pair("fill:\\0 red", ""), Pair("fill:\\d800 x", ""), Pair("fill:\\110000 x", ""),
    ]

    @Test("Declarations", arguments: declarations)
    func declaration(_ pair: Pair) throws {
        let text = pair.before.replacing("\"", with: "&quot;").replacing("<!", with: "&lt;!")
        #expect(
            try inside("<rect style=\"\(text)\"/>")
                == (pair.after.isEmpty ? "<rect/>" : "<rect style=\"\(pair.after)\"/>"))
    }

    static let sheets: [Pair] = [
        Pair(".a{fill:red}"),
        Pair(
            "\n\t.st0 { fill : #FFF ; }\n\t.st1{fill:none;stroke:#000}\n", ".st0{fill:#FFF}.st1{fill:none;stroke:#000}"),
        Pair(".cls-1, .cls-2 > path{fill:url(#a)}", ".cls-1, .cls-2 &gt; path{fill:url(#a)}"),
        Pair(
            "#a:not(.b)::before,a[b|=\"c\"]+d~e *{fill:red}",
            "#a:not(.b)::before,a[b|=&quot;c&quot;]+d~e *{fill:red}"),
        Pair("a:nth-child(2n+1){fill:red}"), Pair("a{}", ""), Pair("{fill:red}", ""), Pair("a{fill:red", "a{fill:red}"),
        Pair("@media (max-width: 10px){a{fill:red}}"), Pair("@media print{a{fill:red}@media screen{b{fill:red}}}"),
        Pair("@media print{@import 'x';@font-face{src:url(x)}}", ""), Pair("@supports (fill:red){a{fill:red}}"),
        Pair("@keyframes x{from{fill:red}50%{fill:blue}to{fill:red}}"), Pair("@-webkit-keyframes x{0%{fill:red}}"),
        Pair("<!-- a{fill:red} -->", "a{fill:red}"), Pair("a<!--b{fill:red}", ""),
        Pair("a{fill:red}/* comment */b{fill:red}", "a{fill:red}b{fill:red}"),
        // What is not kept.
        Pair("@import url(https://evil.example);a{fill:red}", "a{fill:red}"),
        Pair("@import 'https://evil.example' screen;", ""),
        Pair("@im\\70ort 'https://evil.example';a{fill:red}", "a{fill:red}"), Pair("@IMPORT url(x)", ""),
        Pair("@charset 'utf-7';a{fill:red}", "a{fill:red}"), Pair("@namespace x url(https://evil.example);", ""),
        Pair("@font-face{font-family:x;src:url(https://evil.example)}a{fill:red}", "a{fill:red}"),
        Pair("@font-face{font-family:x;src:url(data:font/woff;base64,AAAA)}", ""), Pair("@page{margin:1px}", ""),
        Pair("@document url(https://evil.example){a{fill:red}}", ""), Pair("@layer a{b{fill:red}}", ""),
        Pair("@unknown{a{fill:red}}b{fill:red}", "b{fill:red}"), Pair("@media;a{fill:red}", "a{fill:red}"),
        Pair("@media</g> print{a{fill:red}}", ""),
        Pair("a{filter:url(https://evil.example)}b{fill:red}", "b{fill:red}"),
        Pair("a{b{fill:red}}c{fill:red}", "c{fill:red}"),
        Pair("a{fill:'unfinished}b{fill:red}", ""), Pair("a{fill:url(unfinished}b{fill:red}", ""),
        Pair("}a{fill:red}b{fill:red}", "b{fill:red}"), Pair("a)b{fill:red}c{fill:red}", "c{fill:red}"),
        Pair("a(b{fill:red}", ""), Pair("@media print{a{fill:red}", "@media print{a{fill:red}}"),
        Pair("a{behavior:url(x)}b{-moz-binding:url(x)}c{fill:red}", "c{fill:red}"),
        Pair("a[href^='x']{mask:url(//evil.example/x)}", ""), Pair("url(x){fill:red}", ""),
        Pair("+ADw-script+AD4-{fill:red}", "+ADw-script+AD4-{fill:red}"),
    ]

    @Test("Style sheets", arguments: sheets)
    func sheet(_ pair: Pair) throws {
        let expected = pair.after.isEmpty ? "<style/>" : "<style>\(pair.after)</style>"
        for text in [
            "<![CDATA[\(pair.before)]]>", pair.before.replacing("&", with: "&amp;").replacing("<", with: "&lt;"),
        ] {
            #expect(try inside("<style>\(text)</style>") == expected)
        }
    }

    @Test("Names, strings and units are written so that they are read as the same again")
    func escapes() throws {
        for name in [
            "\\31 a", "-\\31 a", "\\-", "a\\ b", "a\\.b", "\\#", "a\\26 b", "\\{", "é", "_", "--x",
            "a\\3c b",
        ] {
            let once = try inside("<style>.\(name){fill:red}</style>")
            #expect(once.contains("{fill:red}") && !once.contains("&lt;") && !once.contains("&amp;"), "\(name)")
        }
    }

    @Test("How deep rules may lie is bounded")
    func depth() throws {
        let deep =
            String(repeating: "@media print{", count: 1_000) + "a{fill:red}" + String(repeating: "}", count: 1_000)
        #expect(try inside("<style>\(deep)</style>") == "<style/>")
        let functions = String(repeating: "calc(", count: 10_000) + String(repeating: ")", count: 10_000)
        #expect(try inside("<rect style='width:\(functions)'/>") == "<rect/>")
    }
}
