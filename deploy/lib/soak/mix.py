"""The mix: what is asked how often, and what a good answer to it is."""

import base64
import hashlib
import hmac
import io
import json
import time
from dataclasses import dataclass, field

from PIL import Image

from soak import originals
from soak.origins import BAD_BEHAVIOURS
from soak.settings import KEY, OLDER_KEY

_SAFE_TYPES = {"image/jpeg", "image/png", "image/webp", "image/avif", "image/gif"}
_FORMATS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif", "gif": "image/gif"}
_HOT = ("w-100", "w-160,h-120,f-webp", "w-240,q-60")
_WARM = ("w-64", "w-80,f-png", "w-120,f-webp", "h-90", "w-100,h-60,c-force", "w-200,q-40,f-jpg", "w-150,bl-2",
         "w-90,f-avif", "w-100,h-90,cm-pad_resize,bg-FFFFFF", "w-130,e-sharpen-10", "w-300,pr-true,f-jpg",
         "w-70,f-jpg,md-true")
_ACCEPTS = ("*/*", "image/webp,*/*", "image/avif,image/webp,*/*;q=0.8", "image/avif", "")
_BAD_STEPS = ("w-abc", "zz-1", "w-100,,h-", "f-tiff", "e-nothing", "q-0-0", "l-image,i-x", "rt-x")
# Text that cannot be read as a request; nginx answers by itself.
_UNREADABLE = (b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
               b"GET / HTTP/9.9\r\n\r\n", b"BAD GET / HTTP/1.1\r\nHost: a\r\n\r\n")
_LONGEST_KEPT = 1 << 20
FILES = (("f-700-t.txt", 700), ("f-90000-s.bin", 90_000), ("f-3000000-l.bin", 3_000_000))


@dataclass(frozen=True)
class Wrong(Exception):
    """An answer that nothing excuses: another picture, other bytes, another length."""

    sentence: str


@dataclass
class Request:
    """One request, and `judge(answer)`: returns what is not as it should be, or "", and throws Wrong."""

    kind: str
    path: str
    judge: object
    method: str = "GET"
    headers: dict = field(default_factory=dict)
    body: bytes | None = None
    # What it is made of: the originals' names, and the origin ("disk", "web", …) that is asked.
    names: tuple = ()
    origin: str = "disk"
    raw: bytes | None = None
    leaves: int | None = None


def signed(rest, expiry=None, key=KEY):
    """What follows the URL endpoint, with its signature (HMAC-SHA1 over the text and the time)."""
    end = 9999999999 if expiry is None else expiry
    signature = hmac.new(key.encode(), f"{rest}{end}".encode(), hashlib.sha1).hexdigest()
    return f"{rest}{'&' if '?' in rest else '?'}{'' if expiry is None else f'ik-t={expiry}&'}ik-s={signature}"


class Mix:
    """Makes requests; one for each client, as the dice are its own."""

    # How often of a hundred or so; the names are those of the methods.
    SHARES = {
        "hot": 34, "warm": 18, "cold": 9, "untouched": 3, "saved": 4, "obeying": 3, "changing": 6, "layers": 4,
        "text": 2, "animation": 2, "large": 0.5, "drawing": 2, "page": 1, "file": 3, "part": 3, "head": 3,
        "conditional": 4, "options": 1, "signed": 3, "forged": 2, "named": 1, "missing": 2, "bad_steps": 2,
        "no_picture": 2, "too_large": 1,
        "wrong_method": 1, "unreadable": 1, "too_long": 0.5, "bad_origin": 1.5, "slow_origin": 2, "leaving": 1.5,
        "operations": 1, "api": 1,
    }

    def __init__(self, dice, pictures, versions):
        self._dice, self._pictures, self._versions = dice, pictures, versions
        self._tags = {}
        self._names, self._weights = list(self.SHARES), list(self.SHARES.values())

    def next(self):
        name = self._dice.choices(self._names, self._weights)[0]
        request = getattr(self, "_" + name)()
        request.kind = name
        if request.method == "GET" and not request.raw and "Accept" not in request.headers:
            if accept := self._dice.choice(_ACCEPTS):
                request.headers["Accept"] = accept
        return request

    # --- Pictures

    def sized(self, endpoint, steps, original, **rest):
        """A picture of an original; the steps in the path or in the query."""
        name, origin = original.name, "disk" if endpoint in ("", "signed/", "named/", "raster/") else "web"
        if self._dice.random() < 0.5:
            path = f"/soak/{endpoint}tr:{steps}/{name}"
        else:
            path = f"/soak/{endpoint}{name}?tr={steps}"
        return Request("", path, self._shows(original, steps), names=(name,), origin=origin, **rest)

    def _shows(self, original, steps):
        oldest = self._versions.oldest(original)

        def judge(answer):
            if answer.status != 200:
                return f"expected 200, got {answer}"
            versions = range(oldest, self._versions.current(original) + 1)
            check_picture(answer, {original.pair(version) for version in versions}, steps)
            return ""

        return judge

    def _hot(self):
        endpoint, original = self._dice.choice(("", "web/")), self._pictures.plain[self._dice.randrange(20)]
        return self.sized(endpoint, self._dice.choice(_HOT), original)

    def _warm(self):
        endpoint, original = self._dice.choice(("", "web/")), self._dice.choice(self._pictures.plain)
        return self.sized(endpoint, self._dice.choice(_WARM), original)

    def _cold(self):
        # Narrower, and the edge in the middle rings through the first blocks of chroma, where the colour is looked at.
        width, height, quality = (self._dice.randint(*ends) for ends in ((32, 700), (20, 500), (30, 95)))
        steps = f"w-{width},h-{height},c-force,q-{quality}"
        if self._dice.random() < 0.7:
            steps += ",f-" + self._dice.choice(("jpg", "png", "webp", "webp", "avif"))
        return self.sized(self._dice.choice(("", "", "web/")), steps, self._dice.choice(self._pictures.plain))

    def _untouched(self):
        original = self._dice.choice(self._pictures.plain)
        return Request("", f"/soak/{original.name}", self._shows(original, ""), names=(original.name,))

    def _saved(self):
        return self.sized("saved/", f"w-{self._dice.randint(30, 400)}", self._dice.choice(self._pictures.plain))

    def _obeying(self):
        return self.sized("obeying/", self._dice.choice(_HOT), self._pictures.plain[self._dice.randrange(40)])

    def _changing(self):
        return self.sized("web/", self._dice.choice(_HOT), self._dice.choice(self._pictures.changing))

    def _large(self):
        return self.sized("", f"w-{self._dice.randint(100, 900)}", self._pictures.large)

    def _animation(self):
        fresh = f"w-{self._dice.randint(20, 150)},f-webp"
        steps = self._dice.choice(("w-80,f-webp", "w-100,f-gif", fresh, "pg-2,f-png"))
        return self.sized("", steps, self._dice.choice(self._pictures.animated))

    def _layers(self):
        """One picture in the middle of another: both have to be the right ones."""
        below, above = self._dice.choice(self._pictures.plain), self._dice.choice(
            self._pictures.changing + self._pictures.plain[:40])
        oldest = self._versions.oldest(above)
        steps = f"w-300,h-200,c-force,l-image,i-{above.name},w-100,h-80,c-force,t-false,l-end"

        def judge(answer):
            if answer.status != 200:
                return f"expected 200, got {answer}"
            picture = check_picture(answer, {below.pair()}, "w-300,h-200,c-force")
            middle = picture.crop((picture.width // 2 - 46, 62, picture.width // 2 + 46, 138))
            if not any(originals.shows(middle, above.pair(version))
                       for version in range(oldest, self._versions.current(above) + 1)):
                raise Wrong(f"a layer that is not {above.name}: {originals.shown(middle)}")
            return ""

        path = f"/soak/web/tr:{steps}/{below.name}"
        return Request("", path, judge, names=(below.name, above.name), origin="web")

    def _text(self):
        original, word = self._dice.choice(self._pictures.plain), self._dice.randint(1, 10**6)
        steps = f"w-300,h-200,c-force,l-text,i-Soak%20{word},fs-16,co-FFFFFF,l-end"
        judge = self._shows(original, "w-300,h-200,c-force")
        return Request("", f"/soak/tr:{steps}/{original.name}", judge, names=(original.name,))

    def _drawing(self):
        original = self._pictures.plain[self._dice.randrange(20)]
        name = f"s{original.number}.svg"
        if self._dice.random() < 0.7:
            steps = f"w-{self._dice.randint(40, 400)},f-png"
            endpoint = self._dice.choice(("", "raster/"))
            return Request("", f"/soak/{endpoint}tr:{steps}/{name}", self._shows(original, steps), names=(name,))

        def judge(answer):
            if answer.status != 200:
                return f"expected 200, got {answer}"
            for colour in original.pair():
                if b"#%02x%02x%02x" % colour not in answer.body.lower():
                    raise Wrong("another drawing")
            if answer.headers.get("content-security-policy") is None:
                raise Wrong("a drawing without Content-Security-Policy")
            return ""

        return Request("", f"/soak/{name}", judge, names=(name,))

    def _page(self):
        original = self._pictures.plain[self._dice.randrange(20)]
        name, steps = f"d{original.number}.pdf", f"w-{self._dice.randint(40, 400)},f-png"
        return Request("", f"/soak/tr:{steps}/{name}", self._shows(original, steps), names=(name,))

    # --- Files

    def _file(self):
        (name, length), origin = self._dice.choice(FILES), self._dice.choice(("disk", "web"))

        def judge(answer):
            if answer.status != 200:
                return f"expected 200, got {answer}"
            check_bytes(answer, originals.file_bytes(name, length))
            return ""

        return Request("", f"/soak/{'' if origin == 'disk' else 'web/'}{name}", judge, names=(name,), origin=origin)

    def _part(self):
        request = self._file()
        name = request.names[0]
        length = int(name.split("-")[1])
        first = self._dice.randrange(length)
        last = min(length - 1, first + self._dice.randrange(1, 200_000))

        def judge(answer):
            # nginx keeps what is short, and answers with the whole, as a server may (RFC 9110, 14.2).
            if answer.status == 200 and length <= _LONGEST_KEPT:
                check_bytes(answer, originals.file_bytes(name, length))
                return ""
            if answer.status != 206:
                return f"expected 206, got {answer}"
            check_bytes(answer, originals.file_bytes(name, length)[first : last + 1])
            if answer.headers.get("content-range") != f"bytes {first}-{last}/{length}":
                raise Wrong(f"Content-Range: {answer.headers.get('content-range')} for {first}-{last} of {length}")
            return ""

        request.headers["Range"] = f"bytes={first}-{last}"
        request.judge = judge
        return request

    # --- Methods and conditions

    def _head(self):
        request = self._dice.choice((self._hot, self._warm))()
        request.method = "HEAD"

        def judge(answer):
            if answer.status != 200:
                return f"expected 200, got {answer}"
            if answer.body or int(answer.headers.get("content-length", 0)) < 20:
                said = answer.headers.get("content-length")
                raise Wrong(f"HEAD with {len(answer.body)} bytes, Content-Length {said}")
            return ""

        request.judge = judge
        return request

    def _conditional(self):
        """Asks again with the tag of the answer before: nothing new, or a whole new picture."""
        request = self.sized("", self._dice.choice(_HOT), self._pictures.plain[self._dice.randrange(10)])
        request.headers["Accept"] = "image/webp"
        whole, tag = request.judge, self._tags.get(request.path)
        if tag:
            request.headers["If-None-Match"] = tag

        def judge(answer):
            if answer.status == 304 and tag:
                if answer.body or answer.headers.get("etag") != tag:
                    raise Wrong(f"304 for {tag} with {answer.headers.get('etag')}")
                return ""
            problem = whole(answer)
            if not problem:
                if answer.headers.get("etag") == tag:
                    raise Wrong(f"the whole picture although {tag} still holds")
                self._tags[request.path] = answer.headers["etag"]
            return problem

        request.judge = judge
        return request

    def _options(self):
        return Request("", f"/soak/{self._pictures.plain[0].name}", status(200, 204), method="OPTIONS")

    # --- Who may ask what

    def _signed(self):
        request = self.sized("signed/", f"w-{self._dice.randint(30, 300)}", self._dice.choice(self._pictures.plain))
        rest = request.path.removeprefix("/soak/signed/")
        key, expiry = self._dice.choice((KEY, OLDER_KEY)), self._dice.choice((None, int(time.time()) + 300))
        request.path = "/soak/signed/" + signed(rest, expiry, key)
        return request

    def _forged(self):
        rest = f"tr:w-{self._dice.randint(30, 300)}/{self._dice.choice(self._pictures.plain).name}"
        good = signed(rest)
        at = len(good) - 1 - self._dice.randrange(40)
        forged = (
            rest, signed(rest, key="another"), signed(rest, int(time.time()) - 60),
            good[:at] + ("0" if good[at] != "0" else "1") + good[at + 1 :], good.replace("tr:w-", "tr:w-1"),
        )
        return Request("", "/soak/signed/" + self._dice.choice(forged), status(401))

    def _named(self):
        original = self._dice.choice(self._pictures.plain)
        name, steps = self._dice.choice((("thumb", "w-120"), ("poster", "w-200,f-webp")))
        if self._dice.random() < 0.3:
            return Request("", f"/soak/named/tr:{steps}/{original.name}", status(401))
        judge = self._shows(original, steps)
        return Request("", f"/soak/named/tr:n-{name}/{original.name}", judge, names=(original.name,))

    # --- What cannot be answered well

    def _missing(self):
        name, origin = f"none-{self._dice.randrange(10**6)}.jpg", self._dice.choice(("disk", "web"))
        path = f"/soak/{'' if origin == 'disk' else 'web/'}tr:w-90/{name}"
        return Request("", path, status(404, error="ENOENT"), origin=origin)

    def _bad_steps(self):
        name = self._dice.choice(self._pictures.plain).name
        return Request("", f"/soak/tr:{self._dice.choice(_BAD_STEPS)}/{name}", status(400, error="EINVAL"))

    def _no_picture(self):
        name = self._dice.choice(("html.jpg", "empty.jpg", "text.png"))
        path = f"/soak/tr:w-{self._dice.randint(10, 90)}/{name}"
        return Request("", path, status(400, error="EINVAL"), names=(name,))

    def _too_large(self):
        steps, name = self._dice.choice(
            (("w-50", "huge.png"), ("w-20000,h-20000,c-force", "p0.jpg"), (":".join(["w-50"] * 11), "p0.jpg")))
        return Request("", f"/soak/tr:{steps}/{name}", status(400, error="ELIMIT"), names=(name,))

    def _wrong_method(self):
        method = self._dice.choice(("POST", "PUT", "DELETE", "PATCH", "TRACE"))
        body = b"x" * 100 if method in ("POST", "PUT", "PATCH") else None
        return Request("", "/soak/p0.jpg", status(405), method=method, body=body)

    def _unreadable(self):
        return Request("", "", status(400, 405, 414, 505), raw=self._dice.choice(_UNREADABLE))

    def _too_long(self):
        return Request("", "/soak/tr:w-1/" + "a" * 40_000, status(414))

    def _bad_origin(self):
        behaviour, number = self._dice.choice(BAD_BEHAVIOURS), self._dice.randrange(10**6)
        path = f"/soak/bad/tr:w-{self._dice.randint(10, 99)}/{behaviour}/{number}.jpg"
        return Request("", path, status(400, 404, 503), origin="bad")

    def _slow_origin(self):
        original = self._dice.choice(self._pictures.plain)
        wait, steps = self._dice.randint(200, 1000), f"w-{self._dice.randint(20, 300)}"
        path = f"/soak/slow/tr:{steps}/{wait}/{original.name}"
        return Request("", path, self._shows(original, steps), names=(original.name,), origin="slow")

    def _leaving(self):
        path = self._dice.choice((self._cold, self._file))().path
        return Request("", path, lambda answer: "", leaves=self._dice.choice((0, 100, 20_000)))

    # --- Operations and the HTTP API

    def _operations(self):
        path = self._dice.choice(("/_apus/live", "/_apus/metrics", "/_apus/explain?url=%2Fsoak%2Ftr%3Aw-100%2Fp0.jpg"))
        return Request("", path, status(200))

    def _api(self):
        good = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
        headers, body, expected = self._dice.choice((
            ({"Authorization": "Basic bm9uZTo="}, b'{"url":"http://a/soak/x.jpg"}', (401, 403)),
            ({"Authorization": good}, b'{"url":', (400,)),
            ({"Authorization": good}, json.dumps({"nothing": 1}).encode(), (400,)),
        ))
        headers = {**headers, "Content-Type": "application/json"}
        return Request("", "/v1/files/purge", status(*expected), method="POST", headers=headers, body=body)


def status(*expected, error=None):
    def judge(answer):
        if answer.status not in expected or (error is not None and answer.error != error):
            return f"expected {'/'.join(map(str, expected))} {error or ''}, got {answer}"
        return ""

    return judge


def check_bytes(answer, expected):
    if not answer.cut and answer.body != expected:
        raise Wrong(f"other bytes: {len(answer.body)} instead of {len(expected)}")
    if answer.cut and not expected.startswith(answer.body):
        raise Wrong("other bytes in what was cut off")


def check_picture(answer, pairs, steps):
    """Decodes the answer: its type, its size and its colours have to be the right ones."""
    if answer.cut:
        return None
    try:
        picture = Image.open(io.BytesIO(answer.body))
        picture.load()
    except Exception as error:
        raise Wrong(f"no picture: {answer}, {len(answer.body)} bytes, {error}") from error
    said = answer.headers.get("content-type")
    if said not in _SAFE_TYPES | {"image/tiff"} or said != Image.MIME[picture.format]:
        raise Wrong(f"Content-Type {said} for {picture.format}")
    wanted = dict(part.split("-", 1) for part in steps.split(",") if "-" in part)
    if "f" in wanted and _FORMATS[wanted["f"]] != said:
        raise Wrong(f"{said} although {wanted['f']} was asked for")
    if "w" in wanted and picture.width != int(wanted["w"]) and "c" in wanted:
        raise Wrong(f"{picture.width} pixels wide instead of {wanted['w']}")
    if not any(originals.shows(picture, pair) for pair in pairs):
        raise Wrong(f"another picture: {originals.shown(picture)}")
    return picture
