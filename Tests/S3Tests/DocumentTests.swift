import S3
import Testing

@Suite("Documents")
struct DocumentTests {
    private func leaves(_ text: String) -> [String]? {
        XMLDocument(Array(text.utf8)).map { $0.leaves.map { "\($0.path)=\($0.text)" } }
    }

    @Test("Elements, attributes, references and empty elements are read")
    func read() {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- from > here -->
            <List xmlns="http://s3.amazonaws.com/doc/2006-03-01/" a='>'>
              <Name>a &lt;b&gt; &amp;amp; &quot;&apos; &#233;&#xE9;&#x1F600;</Name><Empty/><Void ></Void >
              <Contents><Key> k </Key></Contents>
            </List>

            """
        #expect(
            leaves(text) == [
                "List/Name=a <b> &amp; \"' \u{E9}\u{E9}\u{1F600}", "List/Empty=", "List/Void=", "List/Contents/Key= k ",
            ])
        #expect(leaves("\u{FEFF}<a/>") == ["a="])
        #expect(XMLDocument(Array(text.utf8))?["List/Contents/Key"] == " k ")
        #expect(XMLDocument(Array(text.utf8))?["List/Contents"] == nil)
    }

    @Test(
        "What is not such a document is none",
        arguments: [
            "", " ", "text", "<a>", "</a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a/>text", "text<a/>",
            "<a>x<b/></a>",
            "<a><b/>x</a>", "<a b=\"></a>", "<a", "<", "<>", "< a/>", "<a>&unknown;</a>", "<a>&amp</a>",
            "<a>&#xD800;</a>",
            "<a>&#;</a>", "<a>&#-1;</a>", "<a>&#99999999;</a>", "<a><![CDATA[x]]></a>", "<a><!-- x --></a>", "<!-- x",
            "<?xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<html><body><p>no<br></p></body></html>",
            "<a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a>",
        ])
    func refused(text: String) {
        #expect(leaves(text) == nil)
    }

    @Test("Bytes that are not UTF-8 are none")
    func encoding() {
        #expect(XMLDocument(Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) == nil)
        #expect(XMLDocument([0]) == nil)
    }

    @Test("There are limits")
    func limits() {
        let longest = String(repeating: "x", count: XMLDocument.longestText)
        #expect(leaves("<a>\(longest)</a>") != nil)
        #expect(leaves("<a>\(longest)x</a>") == nil)
        let most = String(repeating: "<b/>", count: XMLDocument.mostLeaves)
        #expect(leaves("<a>\(most)</a>")?.count == XMLDocument.mostLeaves)
        #expect(leaves("<a>\(most)<b/></a>") == nil)
    }

    @Test("No beginning of a document is taken for it, and no change of a byte traps")
    func damaged() {
        let whole = Array("<?xml version='1.0'?><a b='c'><d>&#65;&amp;</d><e/></a>".utf8)
        for count in whole.indices { #expect(XMLDocument(Array(whole.prefix(count))) == nil) }
        for index in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = whole
                changed[index] = byte
                _ = XMLDocument(changed)
            }
        }
    }

    private func page(_ inner: String, prefix: String = "p/") throws(S3Error) -> ListPage {
        try ListPage(Array("<ListBucketResult>\(inner)</ListBucketResult>".utf8), prefix: prefix)
    }

    @Test("A listing gives keys without the prefix, decoded if it says so")
    func listing() throws {
        let keys = "<Contents><Key>p/a%2Fb+c</Key><Size>1</Size></Contents><Contents><Key>p/d</Key></Contents>"
        let encoded = try page("<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>" + keys)
        #expect(encoded.keys == ["a/b c", "d"])
        #expect(encoded.nextToken == nil)
        let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;u</NextContinuationToken>"
        let plain = try page(more + keys)
        #expect(plain.keys == ["a%2Fb+c", "d"])
        #expect(plain.nextToken == "t&u")
        #expect(try page("<IsTruncated>false</IsTruncated>").keys == [])
    }

    @Test(
        "What is no listing is refused",
        arguments: [
            "", "<IsTruncated>maybe</IsTruncated>", "<IsTruncated>true</IsTruncated>",
            "<IsTruncated>false</IsTruncated><Contents><Key>other/a</Key></Contents>",
            "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>p/%4</Key></Contents>",
            "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>p/%+4</Key></Contents>",
            "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>p/%FF</Key></Contents>",
        ])
    func noListing(inner: String) {
        #expect(throws: S3Error.malformed) { try page(inner) }
    }
}
