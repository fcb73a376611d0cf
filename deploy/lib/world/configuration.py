"""The one configuration file of all six regions."""

import json
from collections.abc import Sequence
from pathlib import Path

from world.settings import FIGURES, NETWORK, ORIGINS, REGIONS, Place

SECRET = "a secret that the six regions share"
# Short enough that a test can wait for what happens then.
CONFIRM_SECONDS = 10
TOTAL_SECONDS = 10


def configuration(home_routing: bool = True, secrets: Sequence[str] = (SECRET,)) -> dict:
    """Without home routing every region fetches and transforms itself, except what is bound."""
    return {
        "regions": {name: _region(place) for name, place in REGIONS.items()},
        "regionSecret": list(secrets),
        "workers": {"processes": 1, "slots": 64, "renders": 1},
        "timeouts": {
            "total": f"{TOTAL_SECONDS}s", "connect": "2s", "firstByte": "4s", "stall": "4s", "render": "8s",
            "confirm": f"{CONFIRM_SECONDS}s",
            # Two processors are shared by six installations.
            "redis": "100ms",
        },
        "network": {"operations": [NETWORK], "allow": [NETWORK]},
        "accounts": [_account(name, its, home_routing) for name, its in FIGURES["accounts"].items()],
    }


def private_key(account: str) -> str:
    return f"private_{account}"


def _region(place: Place) -> dict:
    return {"place": place.place, "url": f"http://{place.host}", "insecure": True}


def _account(name: str, its: dict, home_routing: bool) -> dict:
    return {
        "id": name,
        "publicKey": f"public_{name}",
        "privateKeys": [private_key(name)],
        **({"homeRegion": its["home"]} if home_routing else {}),
        "origins": [{"id": "pictures", "type": "WEB_FOLDER", "baseUrl": f"http://{ORIGINS[its['origin']].host}"}],
        "urlEndpoints": [_endpoint(endpoint, its["home"]) for endpoint in its["endpoints"]],
    }


def _endpoint(endpoint: dict, home: str) -> dict:
    bound = {"homeRegion": home} if endpoint.get("residency") == "home" else {}
    return {**endpoint, **bound, "origins": ["pictures"]}


def write(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(configuration(**changes), indent=2) + "\n")
