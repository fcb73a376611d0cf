import Signing
import Testing

/// Every published vector of ImageKit's SDKs, and some that were computed with the same formula for inputs of their
/// tests.
struct VectorTests {
    struct Vector: CustomTestStringConvertible {
        let name: String
        let key: String
        /// The path of the endpoint.
        let cut: String
        let rest: String
        let expiry: Int64
        let signature: String
        var testDescription: String { "\(name): \(rest)" }

        init(
            _ name: String, _ key: String, _ cut: String, _ rest: String, expires expiry: Int64 = 9_999_999_999,
            _ signature: String
        ) {
            (self.name, self.key, self.cut, self.rest, self.expiry, self.signature) = (
                name, key, cut, rest, expiry, signature
            )
        }
    }

    static let hindi = "sdk-testing-files/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80.png"
    static let layer1 =
        "l-text,ie-4KS54KS%2F4KSo4KWN4KSm4KWA,co-red,fs-32,ff-sdk-testing-files@@Poppins-Regular_Q15GrYWmL.ttf,l-end"
    static let layer2 =
        "l-text,ie-4KS54KS%2F4KSo4KWN4KSm4KWA,fs-32,ff-sdk-testing-files@@Poppins-Regular_Q15GrYWmL.ttf,co-red,l-end"

    static let published: [Vector] = [
        Vector(
            "1", "dummy-key", "/demo/", "sdk-testing-files/future-search.png",
            "32dbbbfc5f945c0403c71b54c38e76896ef2d6b0"),
        Vector("2", "dummy-key", "/demo/", "\(hindi)", "3fff2f31da1f45e007adcdbe95f88c8c330e743c"),
        Vector("3", "dummy-key", "/demo/", "\(hindi)?tr=\(layer1)", "ac9f24a03080102555e492185533c1ae6bd93fa7"),
        Vector("4", "dummy-key", "/demo/", "tr:\(layer1)/\(hindi)", "69f2ecbb7364bbbad24616e1f7f1bac5a560fc71"),
        Vector("5", "dummy-key", "/demo/", "\(hindi)?tr=\(layer2)", "705e41579d368caa6530a4375355325277fcfe5c"),
        Vector("6", "dummy-key", "/demo/", "tr:\(layer2)/\(hindi)", "20958f6126fd67c90653f55a49f2b7bb938d9d1c"),
        Vector(
            "7", "dummy-key", "/demo/", "sdk-testing-files/future-search.png?version=1.0&cache=false",
            "f2e5a1b8b6a0b03fd63789dfc6413a94acef9fd8"),
        Vector(
            "8", "dummy-key", "/demo/", "sdk-testing-files/future-search.png?cache=false&version=1.0",
            "03767bb6f0898c04e42f65714af65d937c696d66"),
        Vector(
            "9", "dummy-key", "/demo/", "sdk-testing-files/future-search.png?version=2.0&tr=w-300,h-200",
            "601d97a7834b7554f4dabf0d3fc3a219ceeb6b31"),
        Vector(
            "10", "dummy-key", "/demo/", "tr:w-300,h-200/sdk-testing-files/future-search.png?version=2.0",
            "dd1ee8f83d019bc59fd57a5fc4674a11eb8a3496"),
        Vector(
            "11", "private_key_test", "/demo/", "sdk-testing-files/future-search.png?tr=w-1280,c-at_max",
            "cce0258e8b27bee5d4b642bcee996c5fac11a907"),
        Vector(
            "12", "private_key_test", "/demo/", "sdk-testing-files/future-search.png?tr=w-640,c-at_max",
            "d326eadc97c62b0896dc1bb872355a47c8b71943"),
        Vector(
            "13", "private_key_test", "/test-endpoint/", "tr:w-100/test-signed-url.png",
            "41b3075c40bc84147eb71b8b49ae7fbf349d0f00"),
        Vector(
            "14", "private_key_test", "/test-endpoint/", "tr:w-100/test-signed-url.png", expires: 100,
            "5e5037a31a7121cbe2964e220b4338cc6e1ba66d"),
        Vector(
            "15", "private_key_test", "/test-endpoint/", "test_%C3%A9_path_alt.jpg",
            "cae8a516223d21e245424dc0b97163aa3a03c789"),
        Vector(
            "16", "private_key_test", "/test-endpoint/", "a%C3%A9b/test_%C3%A9_path_alt.jpg",
            "40a821ef1b7a2e9253599dac36a47be3d49787ab"),
        Vector(
            "17", "private_key_test", "/test-endpoint/",
            "tr:l-text,i-Imagekit%C3%A9,fs-50,l-end/a%C3%A9b/test_%C3%A9_path_alt.jpg",
            "3a65902916664517bcac38e9ddaa69d4a81a0106"),
        Vector(
            "18", "private_key_test", "/test-endpoint/",
            "a%C3%A9b/test_%C3%A9_path_alt.jpg?tr=l-text%2Ci-Imagekit%C3%A9%2Cfs-50%2Cl-end",
            "ce55719add9ac43908c9de6c0eceece70f4d6c6e"),
        Vector(
            "19", "test_private_key", "/test_url_endpoint/", "test_path_alt.jpg",
            "e26ca157df99b30b2443d7cb6886fc396fb4c87b"),
        Vector(
            "20", "private_", "/test/", "default-image.jpg", expires: 1_653_775_928,
            "48842eca663c6895331331db6c90f262c601f4e8"),
        Vector(
            "21", "private_", "/test/", "tr:w-200,rt-90/default-image.jpg", expires: 1_653_775_928,
            "6c74b32f5efc0cc39ab5c042718b36553d8a1606"),
        Vector(
            "22", "private_", "/test/", "tr:h-300,w-300/default-image.jpg", expires: 1_653_775_928,
            "1a74eab9fca6fa0bb2298aa07f4e3892a925a508"),
        Vector(
            "23", "private_", "/test/", "tr:h-300,w-300/default-image.jpg",
            "355f6c8a91031847828169116fd1d1db6e2aa8c7"),
        Vector(
            "24", "private_", "/test/", "default-image.jpg?tr=h-300%2Cw-300", expires: 1_653_775_928,
            "55f319d3a7db76e652545599a57af3dd94e32e24"),
        Vector(
            "25", "testing_private_key", "/demo/", "test_%C3%A9_path_alt.jpg",
            "f5575cb3dcd9a5aa2a8871bf6964cbc896a26afc"),
        Vector(
            "26", "testing_private_key", "/demo/", "a%C3%A9b/test_%C3%A9_path_alt.jpg",
            "e8a198ccd5d82841f31455a4e7a908d8c07cb21d"),
        Vector(
            "27", "testing_private_key", "/demo/",
            "tr:l-text,i-Imagekit%C3%A9,fs-50,l-end/a%C3%A9b/test_%C3%A9_path_alt.jpg",
            "62f5cc82fa070614c6b70e7a42fc5171cdf41a1f"),
        Vector(
            "28", "testing_private_key", "/demo/",
            "a%C3%A9b/test_%C3%A9_path_alt.jpg?tr=l-text,i-Imagekit%C3%A9,fs-50,l-end",
            "7656092e837af64427a757ef12d16b6fde1ce152"),
    ]

    static let computed: [Vector] = [
        Vector(
            "c1", "test_private_key", "/test_url_endpoint/", "test_%C3%A9_path_alt.jpg",
            "09a329f06a5106a8b9c43de8fb6a64948fff7c59"),
        Vector(
            "c2", "test_private_key", "/test_url_endpoint/",
            "a%C3%A9b/test_%C3%A9_path_alt.jpg?tr=l-text%2Ci-Imagekit%C3%A9%2Cfs-50%2Cl-end",
            "0b0107144b34e3b33264c0cec1d29ec98d46cbbb"),
        Vector(
            "c3", "test_private_key", "/test_url_endpoint/", "test_'_path_alt.jpg",
            "da3545727d30e7cf57df3edb821b5f392f60b378"),
        Vector(
            "c4", "test_private_key", "/test_url_endpoint/", "a'b/test_'_path_alt.jpg",
            "702ed58d5f609d678e46ef688c75de681e3154b8"),
        Vector(
            "c5", "test_private_key", "/test_url_endpoint/",
            "tr:l-text,i-Imagekit',fs-50,l-end/a'b/test_'_path_alt.jpg",
            "f72e15b468bee9d0cfbd0f089f55ea5cb7406c86"),
        Vector(
            "c6", "test_private_key", "/test_url_endpoint/",
            "a'b/test_'_path_alt.jpg?tr=l-text%2Ci-Imagekit%27%2Cfs-50%2Cl-end",
            "81ddb684be84efda0dc949349ad19bf3c2863dc5"),
        Vector(
            "c7", "dummy-key", "/demo/", "sdk-testing-files/future-search.png", expires: 1_700_000_000,
            "d1e775e43babba53d584f2ea19aaa14939210f6d"),
        Vector(
            "c8", "dummy-key", "/demo/", "tr:w-300,h-200/sdk-testing-files/future-search.png?version=2.0",
            expires: 1_700_000_000,
            "1e9e25bbf6012459a5cbf75d7ee3e4601b52507d"),
        Vector(
            "c9", "dummy-key", "/demo/", "https%3A%2F%2Fexample.com%2Fimage.jpg", expires: 1_700_000_000,
            "0944f4c7ecd54f305ca4eca6d55c67fbea5eab7a"),
        Vector(
            "c10", "dummy-key", "/demo/", "sdk-testing-files/future-search.png?tr=orig-true&updatedAt=1",
            expires: 1_700_000_000,
            "2bced25e5c1fec0a9acdd22b19a2a0e8e0a95de8"),
        Vector(
            "234", "dummy-key", "/demo/", "sdk-testing-files/future-search.png",
            "32dbbbfc5f945c0403c71b54c38e76896ef2d6b0"),
        Vector(
            "235", "dummy-key", "/demo/", "sdk-testing-files/future-search.png?version=1.0&cache=false",
            "f2e5a1b8b6a0b03fd63789dfc6413a94acef9fd8"),
        Vector(
            "236", "dummy-key", "/demo/", "sdk-testing-files/future-search.png?version=2.0&tr=w-300,h-200",
            "601d97a7834b7554f4dabf0d3fc3a219ceeb6b31"),
        Vector(
            "237", "dummy-key", "/demo/", "tr:w-300,h-200/sdk-testing-files/future-search.png?version=2.0",
            "dd1ee8f83d019bc59fd57a5fc4674a11eb8a3496"),
        Vector(
            "238", "dummy-key", "/demo/",
            "sdk-testing-files/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80.png",
            "3fff2f31da1f45e007adcdbe95f88c8c330e743c"),
        Vector("239", "dummy-key", "/demo/", "\(hindi)?tr=\(layer1)", "ac9f24a03080102555e492185533c1ae6bd93fa7"),
        Vector("240", "dummy-key", "/demo/", "tr:\(layer1)/\(hindi)", "69f2ecbb7364bbbad24616e1f7f1bac5a560fc71"),
        Vector(
            "241", "dummy-key", "/demo/", "sdk-testing-files/future-search.png", expires: 1_700_000_300,
            "b9157b095c80756481826855f85e9be3fe5b3309"),
    ]

    @Test(arguments: published + computed)
    func isComputed(_ vector: Vector) {
        #expect(URLSignature.signature(of: vector.rest, expiry: vector.expiry, key: vector.key) == vector.signature)
    }

    /// The vectors as requests, with the parameters at each place where a signer may have put them.
    @Test(arguments: (published + computed).filter { $0.expiry >= 1_000_000_000 })
    func isVerified(_ vector: Vector) {
        let parts = vector.rest.split(separator: "?", maxSplits: 1).map(String.init)
        let path = vector.cut + parts[0]
        let others = parts.dropFirst().first
        let hasExpiry = vector.expiry != URLSignature.noExpiry
        let time = hasExpiry ? ["ik-t=\(vector.expiry)"] : []
        let signature = ["ik-s=\(vector.signature)"]
        let orders = [
            (others.map { [$0] } ?? []) + time + signature, (others.map { [$0] } ?? []) + signature + time,
            signature + (others.map { [$0] } ?? []) + time, time + signature + (others.map { [$0] } ?? []),
        ]
        for order in orders {
            let verdict = URLSignature.verify(
                path: path, query: order.joined(separator: "&"), cuts: ["/unrelated/", vector.cut, "/"],
                keys: ["another", vector.key], now: vector.expiry
            )
            #expect(verdict == .valid(expiry: hasExpiry ? vector.expiry : nil))
        }
    }

    /// What is signed can be told without the key, also of a URL that is signed already.
    @Test(arguments: (published + computed).filter { $0.expiry >= 1_000_000_000 })
    func isTold(_ vector: Vector) {
        let parts = vector.rest.split(separator: "?", maxSplits: 1).map(String.init)
        let hasExpiry = vector.expiry != URLSignature.noExpiry
        let items = parts.dropFirst() + (hasExpiry ? ["ik-t=\(vector.expiry)"] : []) + ["ik-s=\(vector.signature)"]
        let query = items.joined(separator: "&")
        let text = URLSignature.signedText(path: vector.cut + parts[0], query: query, cut: vector.cut)
        #expect(text == vector.rest + "\(vector.expiry)")
        #expect(URLSignature.unsignedQuery(query) == parts.dropFirst().first)
    }

    @Test func isNotToldOfWhatCannotBeSigned() {
        #expect(URLSignature.signedText(path: "/other/a.jpg", query: nil, cut: "/demo/") == nil)
        #expect(URLSignature.signedText(path: "/demo/a.jpg", query: "ik-t=soon", cut: "/demo/") == nil)
    }

    @Test(arguments: (published + computed).filter { $0.expiry >= 1_000_000_000 })
    func isSigned(_ vector: Vector) throws {
        let parts = vector.rest.split(separator: "?", maxSplits: 1).map(String.init)
        let signed = try URLSignature.sign(
            path: vector.cut + parts[0], query: parts.dropFirst().first, cut: vector.cut, key: vector.key,
            expiry: vector.expiry
        )
        let time = vector.expiry == URLSignature.noExpiry ? "" : "ik-t=\(vector.expiry)&"
        let separator = parts.count == 1 ? "?" : "&"
        #expect(signed == vector.cut + vector.rest + separator + time + "ik-s=" + vector.signature)
    }
}
