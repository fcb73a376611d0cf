"""§17.12: signatures that were made with the key `dummy-key`, sent to an account whose key that is."""

from urllib.parse import quote

from conformance.assets import FILES, HINDI
from conformance.checks import also_at, size, status
from conformance.row import at

KEY = "dummy-key"
FUTURE = f"{FILES}/future-search.png"
HINDI_PATH = f"{FILES}/{quote(HINDI)}"
HINDI_TEXT = f"l-text,ie-4KS54KS%2F4KSo4KWN4KSm4KWA,co-red,fs-32,ff-{FILES}@@Poppins-Regular_Q15GrYWmL.ttf,l-end"

PLAIN_SIGNATURE = "32dbbbfc5f945c0403c71b54c38e76896ef2d6b0"
SIZED_SIGNATURE = "601d97a7834b7554f4dabf0d3fc3a219ceeb6b31"


def signed(piece, signature, time=None):
    mark = "&" if "?" in piece else "?"
    expiry = f"ik-t={time}&" if time else ""
    return f"/signing/{piece}{mark}{expiry}ik-s={signature}"


def vector(number, piece, signature, *checks, source="SG"):
    """Accepted as it is and with the greatest expiry written out; nothing less than all of it."""
    return at(
        number,
        signed(piece, signature),
        source,
        *checks,
        also_at(signed(piece, signature, 9999999999), *checks),
        also_at(f"/signing/{piece}", status(401)),
        also_at(signed(piece, signature[:-1] + ("0" if signature[-1] != "0" else "1")), status(401)),
    )


ROWS = [
    vector(234, FUTURE, PLAIN_SIGNATURE, size(300, 240)),
    vector(235, f"{FUTURE}?version=1.0&cache=false", "f2e5a1b8b6a0b03fd63789dfc6413a94acef9fd8", size(300, 240)),
    vector(236, f"{FUTURE}?version=2.0&tr=w-300,h-200", SIZED_SIGNATURE, size(300, 200)),
    vector(237, f"tr:w-300,h-200/{FUTURE}?version=2.0", "dd1ee8f83d019bc59fd57a5fc4674a11eb8a3496", size(300, 200)),
    vector(238, HINDI_PATH, "3fff2f31da1f45e007adcdbe95f88c8c330e743c", size(300, 240)),
    vector(239, f"{HINDI_PATH}?tr={HINDI_TEXT}", "ac9f24a03080102555e492185533c1ae6bd93fa7", size(300, 240)),
    vector(240, f"tr:{HINDI_TEXT}/{HINDI_PATH}", "69f2ecbb7364bbbad24616e1f7f1bac5a560fc71", size(300, 240)),
    # The signature is right and its time is over: 401 as well, but for the hour.
    at(241, signed(FUTURE, "b9157b095c80756481826855f85e9be3fe5b3309", 1700000300), "SG computed", status(401)),
    at(
        242,
        signed(FUTURE, PLAIN_SIGNATURE.replace("32d", "32e", 1)),
        "SG",
        status(401),
        also_at(signed(f"{FUTURE}?version=2.0&tr=w-300,h-201", SIZED_SIGNATURE), status(401)),
        also_at(signed(FUTURE.replace("future", "past"), PLAIN_SIGNATURE), status(401)),
        also_at(signed(FUTURE, PLAIN_SIGNATURE, 9999999998), status(401)),
    ),
]
