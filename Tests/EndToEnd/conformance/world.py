"""The instance that the pairs are asked of."""

import json
from contextlib import contextmanager

from conformance import assets, signing
from conformance.shown import Site
from conftest import PRIVATE_KEY, endpoint
from instance import Instance

NAMED = {"blur_thumbnail": "tr:w-300,h-200,bl-10", "some_name": "w-150,h-150"}


@contextmanager
def running(workplace, name):
    """An instance over a folder with the originals of the pairs, as a `Site`."""
    folder = workplace / f"{name}-pictures"
    assets.write_all(folder)
    written = workplace / f"{name}.yaml"
    written.write_text(json.dumps(configuration(folder)))
    instance = Instance(written, workplace / name)
    try:
        instance.up()
        yield Site(instance, folder)
    finally:
        instance.down()


def configuration(folder):
    return {
        "workers": {"processes": 2, "slots": 64, "renders": 2},
        "accounts": [
            account(
                "demo",
                PRIVATE_KEY,
                folder,
                endpoint("", "disk"),
                # Loses nothing, whatever the URL says of the format.
                endpoint("png", "disk", format="png"),
                endpoint("lenient", "disk", unknownParameters="ignore"),
            ),
            account("signing", signing.KEY, folder, endpoint("", "disk", unsigned="deny")),
        ],
    }


def account(identifier, key, folder, *endpoints):
    return {
        "id": identifier,
        "publicKey": f"public_{identifier}",
        "privateKeys": [key],
        "origins": [{"id": "disk", "type": "DISK", "path": str(folder)}],
        "urlEndpoints": list(endpoints),
        "namedTransformations": NAMED,
    }
