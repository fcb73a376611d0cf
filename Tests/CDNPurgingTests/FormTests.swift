import CDNPurging
import Testing

/// What goes to CDNs and comes from them, as text.
@Suite struct FormTests {
    @Test func anInvalidationIsWrittenAsTheApiReadsIt() {
        let body = CloudFrontForm.body(paths: ["/demo/a&b*", "/demo/tr:*"], reference: "apus-1")
        #expect(
            body == """
                <?xml version="1.0" encoding="UTF-8"?>\
                <InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">\
                <Paths><Quantity>2</Quantity><Items><Path>/demo/a&amp;b*</Path><Path>/demo/tr:*</Path></Items></Paths>\
                <CallerReference>apus-1</CallerReference></InvalidationBatch>
                """)
        #expect(CloudFrontForm.path(of: "E1") == "/2020-05-31/distribution/E1/invalidation")
        #expect(CloudFrontForm.path(of: "E1", invalidation: "I2") == "/2020-05-31/distribution/E1/invalidation/I2")
    }

    @Test func theSamePurgesWithTheSamePathsAreTheSameInvalidation() {
        let one = CloudFrontForm.reference(of: ["id"], paths: ["/a*"])
        #expect(one.hasPrefix("apus-id-") && one.utf8.count <= 128)
        #expect(one == CloudFrontForm.reference(of: ["id"], paths: ["/a*"]))
        #expect(one != CloudFrontForm.reference(of: ["id"], paths: ["/b*"]))
        let many = CloudFrontForm.reference(of: ["x", "y"], paths: ["/a*"])
        #expect(many == CloudFrontForm.reference(of: ["y", "x"], paths: ["/a*"]))
        #expect(many != CloudFrontForm.reference(of: ["x", "z"], paths: ["/a*"]))
    }

    struct Answer: CustomTestStringConvertible, Sendable {
        let text: String
        let progress: CDNProgress?
        var testDescription: String { text }

        init(_ text: String, _ progress: CDNProgress?) {
            (self.text, self.progress) = (text, progress)
        }
    }

    private static func invalidation(_ id: String, _ status: String) -> String {
        """
        <?xml version="1.0"?>
        <Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>\(id)</Id><Status>\(status)</Status>\
        <CreateTime>2026-11-22T01:00:00Z</CreateTime><InvalidationBatch><Paths><Quantity>1</Quantity><Items>\
        <Path>/x*</Path></Items></Paths><CallerReference>r</CallerReference></InvalidationBatch></Invalidation>
        """
    }

    @Test(arguments: [
        Answer(invalidation("I2J0I21PCUYOIK", "InProgress"), .underWay("I2J0I21PCUYOIK")),
        Answer(invalidation("I2J0I21PCUYOIK", "Completed"), .done),
        Answer(invalidation("I1", "COMPLETED"), .done),
        Answer(invalidation("../I1", "InProgress"), nil),
        Answer(invalidation("", "InProgress"), nil),
        Answer("<Invalidation><Id>I1</Id></Invalidation>", nil),
        Answer("<html>", nil),
        Answer("", nil),
    ])
    func anAnswerSaysHowFarItIs(_ row: Answer) {
        #expect(CloudFrontForm.progress([UInt8](row.text.utf8)) == row.progress)
    }

    @Test(arguments: [
        ("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>", "AccessDenied"),
        ("<Error><Code>Throttling</Code></Error>", "Throttling"),
        ("nothing", ""),
    ])
    func anErrorHasACode(text: String, code: String) {
        #expect(CloudFrontForm.code([UInt8](text.utf8)) == code)
    }

    struct Filling: CustomTestStringConvertible, Sendable {
        let place: PurgeTemplate.Place
        let template: String
        let text: String
        var testDescription: String { template }

        init(_ place: PurgeTemplate.Place, _ template: String, _ text: String) {
            (self.place, self.template, self.text) = (place, template, text)
        }
    }

    @Test(arguments: [
        Filling(.url, "http://cache{path}", "http://cache/a%20b*"),
        Filling(.url, "http://cache/{host}{path}", "http://cache/img.example/a%20b*"),
        Filling(
            .url, "https://api/purge?url={url}", "https://api/purge?url=https%3A%2F%2Fimg.example%2Fa%2520b%2A"),
        Filling(.url, "https://api/purge/{url}?h={host}", "https://api/purge/https://img.example/a%20b*?h=img.example"),
        Filling(.url, "https://api/all", "https://api/all"),
        Filling(.url, "https://api/{odd}/{path", "https://api/{odd}/{path"),
        Filling(.body, #"{"files":["{url}"]}"#, #"{"files":["https://img.example/a%20b*"]}"#),
        Filling(.body, #"{"prefix":"{host}{path}","q":"?{path}"}"#, #"{"prefix":"img.example/a%20b*","q":"?/a%20b*"}"#),
        Filling(.body, "{{path}}", "{/a%20b*}"),
    ])
    func aTemplateIsFilledIn(_ row: Filling) {
        let prefix = CDNPrefix(host: "img.example", path: "/a%20b", root: "/")
        #expect(PurgeTemplate(row.template, in: row.place).filled(prefix) == row.text)
    }

    @Test func whatIsFilledInIsNoTemplate() {
        let prefix = CDNPrefix(host: "h", path: #"/{host}"\"#, root: "/")
        #expect(PurgeTemplate("{path}", in: .body).filled(prefix) == #"/{host}\"\\*"#)
    }
}
