import Delivery
import Testing

/// Paths as logs have them.
struct LoggedPathTests {
    @Test(arguments: [
        ("/shop/proxy/https://a:hunter@host/x%3ftok=SECRET", "/shop/proxy/https://-/x?-"),
        ("/shop/proxy/https%3A%2F%2Fa%3Ahunter%40host%2Fx.jpg", "/shop/proxy/-"),
        ("/shop/proxy/ht%74p:%2f/127.0.0.1:9390/x%3ftok=SECRET", "/shop/proxy/ht%74p:%2f/127.0.0.1:9390/x?-"),
        ("/shop/proxy/ht%74ps:%2f/a:hunter@127.0.0.1/x%3ftok=SECRET", "/shop/proxy/ht%74ps:%2f/-/x?-"),
        ("/shop/proxy/%68ttp://a:hunter@127.0.0.1/x", "/shop/proxy/%68ttp://-/x"),
        ("/shop/proxy/%48%54%54%50%53%3A%2F%2Fhost%2Fx%3Ftok=SECRET", "/shop/proxy/%48%54%54%50%53%3A%2F%2Fhost%2Fx?-"),
        ("/shop/proxy/http%3a/a%3ahunter%40host/x", "/shop/proxy/http%3a/-/x"),
        ("/shop/proxy/HTT%50:/a:hunter@host", "/shop/proxy/HTT%50:/-"),
        ("/shop/proxy/%zz%68ttp:/a:hunter@host", "/shop/proxy/%zz%68ttp:/-"),
        ("/shop/tr:l-image,i-ht%74ps:@@@@a:hunter@host@@x.png,l-end/b.jpg", "/shop/-/b.jpg"),
        ("/shop/tr:l-image,i-https:%2f%2fa:hunter%2540host%2fx,l-end/b.jpg", "/shop/-/b.jpg"),
        ("/shop/tr:l-image,i-https:%2f%2fa:hunter%25%34%30host%2fx,l-end/b.jpg", "/shop/-/b.jpg"),
        ("/shop/b.jpg%3Fik-s=SECRET", "/shop/b.jpg?-"), ("/shop/b.jpg%3fv=1&ik%2ds%3dSECRET", "/shop/b.jpg?-"),
    ])
    func `What opens something is left out, however it is written`(_ path: String, _ logged: String) {
        #expect(LoggedPath(path).description == logged)
    }

    @Test(arguments: [
        "", "/", "/shop/b.jpg", "/shop/a@b%40c.jpg", "/shop/what%3fever.jpg", "/shop/tr:w-3/%zz%", "/shop/ht%74p/a@b",
        "/shop/proxy/https://host/x.jpg", "/shop/proxy/ht%74ps:%2f/host/x.jpg",
        "/shop/tr:l-image,i-https:@@@@host@@x.png,l-end/b.jpg",
    ])
    func `All else is logged as it came`(_ path: String) {
        #expect(LoggedPath(path).description == path)
    }
}
