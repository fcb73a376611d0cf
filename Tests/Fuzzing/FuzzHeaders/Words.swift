/// Words of the fields that are read, and whole values.
enum Words {
    static let all =
        [
            "bytes=", "bytes ", "-", "/", "*", ",", ";", "=", "\"", "W/", "\\", "\n", "\t", " ", "q=0", "q=1.000",
            "q=0.001",
            "image/webp", "image/avif", "image/*", "*/*", "text/html", "; charset=utf-8",
            "public", "private", "no-cache", "no-store", "no-transform", "must-revalidate", "proxy-revalidate",
            "immutable",
            "s-maxage=", "max-age=", "stale-while-revalidate=", "stale-if-error=", "max-age=\"", "2147483648",
            "9223372036854775807", "9223372036854775808", "99999999999999999999", "0", "+1", "-1",
            "Sun, ", "Sunday, ", "06 Nov 1994", "06-Nov-94", "Nov  6", "08:49:37", "23:59:60", " GMT", " 9999", " 0000",
            "::", "::ffff:", "127.0.0.1", "fd00::/8", "10.0.0.0/8", "255", "http://", "https://", "@", "[::1]", ":443",
            "../", "%2F", "é", "e\u{301}", "\u{202E}", "\u{212A}", ".jpg", ".tar.gz",
        ]

    static let inputs = [
        "bytes=0-499", "bytes=-500", "bytes=9500-", "bytes 0-499/1234", "bytes 42-1233/*", "bytes=0-0,-1",
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Thu, 29 Feb 2024 23:59:60 GMT", "Sat, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
        "\"xyzzy\", W/\"r2d2xxxx\", \"\"", "*", "W/\"é\"\n\"e\u{301}\"",
        "text/html;level=\"1,2\";q=0.3, image/webp;q=0, image/avif", "image/svg+xml; charset=utf-8",
        "public, s-maxage=15552000, max-age=15552000, must-revalidate\nmax-age=60, stale-while-revalidate=30, stale-if-error=86400",
        "no-cache=\"set-cookie\", max-age=\"10\", max-age=20\nprivate, immutable",
        "a, bc ,d\ne f,g", "photos/Grüße \"1\".jpg", "..\\..\\evil.exe", "192.0.2.1/24\n2001:db8::1",
        "::ffff:192.0.2.1",
        "https://user:pass@Host.example.:8443/a/b?c#d", "120", "Wed, 21 Oct 2015 07:28:00 GMT",
    ]
}
