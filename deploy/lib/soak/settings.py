"""What is fixed in every run: the instance's configuration, and the bounds that it is judged by."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
KEY, OLDER_KEY = "private_soak_key", "private_soak_older_key"
CLIENTS = 12
WORKERS = 2

# --- Times, in seconds

TOTAL_SECONDS, ERROR_SECONDS, EDGE_SECONDS = 6, 2, 1
# Short, so that everything expires several times in a run, and Redis comes to a steady size.
MAX_AGE_SECONDS = 60
# For which it is kept beyond that, for times without its origin: after that Redis has let go of it.
STALE_SECONDS = 30
# A worker answers within total + 1 s; one more attempt begins within 5 s.
ANSWER_SECONDS = TOTAL_SECONDS + 1 + 5 + 1
# An origin that is back is asked again after its hold-off (1 s, doubled at each try that fails), and errors are kept.
ORIGIN_GRACE_SECONDS = 10
# Once the faults have ended, every answer has to be good again within this time.
RECOVERY_SECONDS = 15
PURGE_SECONDS = 60
# Of all requests: what may be refused because too many wait, or have waited for too long (503, EAGAIN or ETIMEDOUT),
# while workers come back.
MOST_SHED = 0.01

# --- Growth

# A process is judged from this age on: what it keeps for later (connections, originals, allocator) is there by then.
WARM_UP_SECONDS = {"worker": 90, "render": 30, "nginx": 30, "serve": 30, "redis": MAX_AGE_SECONDS + STALE_SECONDS + 15}
# Less says nothing of a slope.
LEAST_JUDGED_SECONDS = 150
# MB of private memory, and descriptors, a minute: the slope of all processes of a role together. What a render process
# has is that of its last large picture. Connections to origins and Redis come and go with the faults; one that is lost
# for good is found when the load has ended, by what is left.
MOST_MEGABYTES_A_MINUTE = {"worker": 1.0, "render": 5.0, "nginx": 0.5, "serve": 0.25, "redis": 2.0}
MOST_DESCRIPTORS_A_MINUTE = 10.0
# What the largest process of a role may have more when the load has ended than when it had just begun. A worker keeps
# connections for later, as many as its busiest second wanted: up to 32 to Redis, 16 from nginx, some to origins; Redis
# has those of all workers.
MOST_DESCRIPTORS_LEFT = {"serve": 8, "worker": 48, "render": 8, "nginx": 8, "redis": 32 * WORKERS}
MOST_MEGABYTES_LEFT = {"worker": 24, "render": 64, "nginx": 24, "serve": 4, "redis": 128}


def endpoint(prefix, *origins, **rest):
    return {"urlPrefix": prefix, "origins": list(origins), **rest}


def configuration(folder, web, bad, slow):
    """The instance's configuration: `folder` of the DISK origin, base URLs of the others."""
    return {
        "workers": {"processes": WORKERS, "slots": 64, "renders": 2},
        "cache": {
            "maxAge": f"{MAX_AGE_SECONDS}s",
            "staleAge": f"{STALE_SECONDS}s",
            "edgeAge": f"{EDGE_SECONDS}s",
            "errorAge": f"{ERROR_SECONDS}s",
        },
        "limits": {"sourceBytes": "8MB", "sourcePixels": "40MP", "outputPixels": "20MP", "frames": 100, "steps": 10},
        "timeouts": {"total": f"{TOTAL_SECONDS}s", "connect": "1s", "firstByte": "2s", "stall": "2s", "render": "5s"},
        "accounts": [
            {
                "id": "soak",
                "publicKey": "public_soak",
                "privateKeys": [KEY, OLDER_KEY],
                "origins": [
                    {"id": "disk", "type": "DISK", "path": str(folder)},
                    {"id": "web", "type": "WEB_FOLDER", "baseUrl": web},
                    {"id": "bad", "type": "WEB_FOLDER", "baseUrl": bad},
                    {"id": "slow", "type": "WEB_FOLDER", "baseUrl": slow},
                ],
                "urlEndpoints": [
                    endpoint("", "disk"),
                    endpoint("web", "web"),
                    endpoint("saved", "web", saveOriginals=True),
                    endpoint("obeying", "web", cacheControl="origin"),
                    endpoint("bad", "bad"),
                    endpoint("slow", "slow"),
                    endpoint("signed", "disk", unsigned="deny"),
                    endpoint("named", "disk", unsigned="named"),
                    endpoint("raster", "disk", svg="rasterise"),
                ],
                "namedTransformations": {"thumb": "w-120", "poster": "w-200,f-webp"},
            }
        ],
    }
