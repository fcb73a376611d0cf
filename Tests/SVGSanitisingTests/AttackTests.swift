import SVGSanitising
import Testing

@Suite("Nothing that runs, and nothing that is elsewhere, is left")
struct AttackTests {
    /// Alone in a drawing, nothing of them is left.
    static let elements: [String] = [
        "<script>alert(1)</script>", "<script href='https://evil.example/a.js'/>",
        "<script><![CDATA[alert(1)]]></script>",
        "<SCRIPT>alert(1)</SCRIPT>", "<script type='text/plain'>alert(1)</script>",
        "<s:script xmlns:s='http://www.w3.org/2000/svg'>alert(1)</s:script>",
        "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
        "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'><p>x</p></body></foreignObject>",
        "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='javascript:alert(1)'/></foreignObject>",
        "<iframe xmlns='http://www.w3.org/1999/xhtml' srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'/>",
        "<x:img xmlns:x='http://www.w3.org/1999/xhtml' src='x' onerror='alert(1)'/>",
        "<x:link xmlns:x='http://www.w3.org/1999/xhtml' rel='stylesheet' href='https://evil.example/a.css'/>",
        "<x:meta xmlns:x='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0;url=https://evil.example'/>",
        "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>",
        "<handler type='application/ecmascript' xmlns:ev='http://www.w3.org/2001/xml-events' "
            + "ev:event='load'>alert(1)</handler>",
        "<listener xmlns='http://www.w3.org/2001/xml-events' event='load' handler='#x'/>",
        "<set attributeName='onmouseover' to='alert(1)'/>", "<set attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='xlink:href' to='javascript:alert(1)'/>",
        "<set attributeName=' href ' to='javascript:alert(1)'/>",
        "<set xmlns:y='http://www.w3.org/1999/xlink' attributeName='y:href' to='javascript:alert(1)'/>",
        "<set attributeName='hr&#101;f' to='javascript:alert(1)'/>", "<set attributeName='HREF' to='x'/>",
        "<set attributeName='style' to='fill:url(https://evil.example)'/>", "<set attributeName='class' to='x'/>",
        "<set attributeName='id' to='x'/>", "<set attributeName='' to='x'/>", "<set to='x'/>",
        "<animate attributeName='href' values='javascript:alert(1);#x' dur='1s'/>",
        "<animate attributeName='href' from='#a' to='data:text/html,x' begin='0s'/>",
        "<animate attributeName='fill' values='red;url(https://evil.example/a#b)' dur='1s'/>",
        "<animate attributeName='fill' to='url(https://evil.example/a#b) red' dur='1s'/>",
        "<animate attributeName='mask' to='url(&quot;https://evil.example/a#b&quot;)'/>",
        "<animate attributeName='fill' to='\\75rl(https://evil.example)'/>",
        "<metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></metadata>",
        "<audio xmlns='http://www.w3.org/1999/xhtml' src='https://evil.example'/>",
        "<video href='https://evil.example'/>",
        "<embed src='x'/>", "<object data='x'/>", "<canvas/>", "<discard begin='0s'/>", "<view id='v'/>",
        "<font-face-uri href='https://evil.example'/>", "<font-face><font-face-src/></font-face>",
        "<color-profile href='https://evil.example' name='x'/>", "<cursor href='https://evil.example'/>",
        "<tref xlink:href='https://evil.example#a'/>", "<g xmlns='http://evil.example'><rect/></g>", "<p:g/>",
        "<a:b:g/>", "<?xml-stylesheet href='https://evil.example/a.css'?>", "<!-- <script>alert(1)</script> -->",
        "<style type='text/x-scss'>a{fill:red}</style>",
    ]

    @Test("Elements", arguments: elements)
    func element(_ text: String) throws {
        #expect(try cleaned("\(open)\(text)</svg>") == #"<svg xmlns="http://www.w3.org/2000/svg"/>"#)
    }

    /// On a `rect`, nothing of them is left.
    static let attributes: [String] = [
        "onload='alert(1)'", "ONLOAD='alert(1)'", "onclick='alert(1)'", "onbegin='alert(1)'", "onfocusin='alert(1)'",
        "on='x'", "x:onload='alert(1)' xmlns:x='http://www.w3.org/2000/svg'",
        "href='#a' xml:base='https://evil.example'",
        "xml:base='javascript:'", "xml:id='x'", "src='https://evil.example'", "action='x'", "formaction='x'",
        "ping='x'",
        "target='_blank'", "download='x'", "srcdoc='x'", "data-toggle='x'", "xlink:type='simple'", "xlink:show='embed'",
        "xlink:actuate='onLoad'", "xlink:role='x'", "xlink:arcrole='x'", "style=''", "style='  '", "style=';;'",
        "externalResourcesRequired='true'", "contentScriptType='x'", "contentStyleType='x'", "nonce='x'", "is='x'",
        "ev:event='load' xmlns:ev='http://www.w3.org/2001/xml-events'", "filterRes='99999'", "numOctaves='1000000000'",
        "order='100'", "order='3,1e9'", "radius='1e9'", "stdDeviation='1e30'", "stdDeviation='nonsense'",
        "kernelMatrix='\(String(repeating: "1 ", count: 226))'",
        "kernelMatrix='\(String(repeating: "1-", count: 226))1'",
    ]

    @Test("Attributes", arguments: attributes)
    func attribute(_ text: String) throws {
        let kept = try inside("<rect \(text)/>")
        #expect(kept == "<rect/>" || kept == "<rect href=\"#a\"/>")
    }

    /// As an address: it names neither a part of the drawing nor a picture inside it.
    static let addresses: [String] = [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java&#9;script:alert(1)",
        "java&#10;script:alert(1)", "java&#xD;script:alert(1)", "&#106;avascript:alert(1)",
        "&#x6A;avascript&#58;alert(1)",
        "&#1;javascript:alert(1)", "javascript&colon;alert(1)", "vbscript:x", "livescript:x", "mocha:x", "data:",
        "data:,",
        "data:text/html,&lt;script>alert(1)&lt;/script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
        "data:image/svg+xml,&lt;svg onload='alert(1)'/>", "data:image/png,%89PNG", "data:image/png;base64,",
        "data:image/png;base64,PHN2Zy8+", "data:image/png;base64,iVBORw0KGgo=", "data:image/png;base64,iVBOR!",
        "data:image/png;base64", "da&#9;ta:image/png;base64,iVBORw0KGgo=", "data :image/png;base64,x",
        "data:image/png;base64;charset=x,iVBORw0KGgo=", "https://evil.example/", "https://evil.example/a.svg#b",
        "//evil.example/a", "/etc/passwd", "file:///etc/passwd", "file:passwd", "a.png", "a.svg#b", "?a#b", "", " ",
        ".", "..%2f", "\\\\evil.example\\a", "ftp://evil.example", "jar:https://evil.example!/", "blob:x",
        "about:blank",
        "resource:a", "chrome:a", "mailto:a@b", "cid:a", "ws://a", "\u{202E}#a", "%23a",
    ]

    @Test("Addresses, by every name of a link", arguments: addresses)
    func address(_ text: String) throws {
        for link in ["href", "xlink:href", "y:href"] {
            for element in ["image", "use", "feImage", "textPath", "linearGradient", "pattern", "mpath"] {
                let body = "<\(element) \(link)=\"\(text)\" xmlns:y='http://www.w3.org/1999/xlink'/>"
                do throws(any Error) { #expect(try inside(body) == "<\(element)/>") } catch let error as SVGError {
                    // A character, or an entity, that there is not.
                    #expect(error.fault == .reference)
                }
            }
        }
    }

    @Test("An `a` leads nowhere, and what is inside it is drawn")
    func links() throws {
        for address in Self.addresses + ["#a"] where !address.contains("&#1;") && !address.contains("&colon;") {
            #expect(try inside("<a href=\"\(address)\" xlink:href=\"\(address)\"><rect/></a>") == "<a><rect/></a>")
        }
    }

    @Test("Only pictures show pictures", arguments: ["use", "pattern", "textPath", "mpath", "animate", "filter"])
    func pictureElsewhere(_ element: String) throws {
        let kept = try inside("<\(element) attributeName='x' href='data:image/gif;base64,\(PictureTests.gif)'/>")
        #expect(!kept.contains("data:"))
    }

    @Test("References in values of attributes", arguments: addresses)
    func value(_ text: String) throws {
        guard !text.contains("&colon;"), !text.contains("&#1;"), !text.contains("\"") else { return }
        for name in ["fill", "stroke", "filter", "mask", "clip-path", "marker-end", "cursor"] {
            for form in ["url(\(text))", "url('\(text)')", "URL(\(text)) red", "u&#92;72 l(\(text))"] {
                let kept = try inside("<rect \(name)=\"\(form)\"/>")
                // Of a paint that is left out, what the author would have instead.
                let paints = ["<rect \(name)=\"none\"/>", "<rect \(name)=\"red\"/>"]
                #expect(kept == "<rect/>" || (name == "fill" || name == "stroke") && paints.contains(kept), "\(form)")
            }
        }
    }

    @Test("Nothing of a description is an element")
    func descriptions() throws {
        #expect(
            try inside("<title>a<script>alert(1)</script><b xmlns='http://www.w3.org/1999/xhtml'>c</b>&lt;i></title>")
                == "<title>a&lt;i&gt;</title>")
    }
}
