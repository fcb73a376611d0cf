"""The command line."""

import argparse
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from http.client import HTTPException
from pathlib import Path

from abuse import checks, report, runner
from abuse.cases import all_cases
from abuse.deployed import Deployment
from abuse.health import Health
from abuse.origin import Origin
from abuse.target import Settings, Target

DESCRIPTION = """Abuses a server that speaks ImageKit's URLs and says what it did not withstand.

  python -m abuse --base https://img.example --endpoint /shop --sample boots.jpg
  python -m abuse --deploy FOLDER          a clone of Apus: servers are started and stopped as the cases need them

Only ask a server of your own. Each further option lets more cases be tried; those that cannot be are named with the
reason. The exit status is 1 if a case failed, 2 if nothing was tried: an option is wrong, or nobody answers."""


def main(arguments=None):
    parser = _parser()
    options = parser.parse_args(arguments)
    if not (options.base or options.deploy or options.list):
        parser.error("--base or --deploy: whom to abuse?")
    if options.base and (fault := checks.fault_of_base(options.base)):
        parser.error(f"--base: {fault}")
    for word in options.cases:
        if not any(word in (case.number, case.number[0], case.name) for case in all_cases()):
            parser.error(f"there is no case '{word}' (see --list)")
    cases = [case for case in all_cases() if _is_selected(case, options)]
    if options.list:
        for case in cases:
            print(f"{case.number:<4} {case.summary}")
        return 0
    try:
        with _target(options) as target:
            # What the suite has started is as it should be.
            if options.base and (faults := checks.faults(target)):
                print("nothing was tried:", *faults, sep="\n  ")
                return 2
            results = _run(cases, target)
            base = target.settings.base
    except (OSError, HTTPException) as error:
        print(f"nobody to abuse{f' at {options.base}' if options.base else ''}: {error}")
        return 2
    print(report.totals(results))
    if options.json:
        report.write_json(options.json, base, results)
    if options.junit:
        report.write_junit(options.junit, results)
    return int(any(result.outcome is runner.Outcome.FAILED for result in results))


def _run(cases, target):
    health, results = Health(target), []
    for case in cases:
        results.append(runner.run(case, target, health))
        print(report.line(results[-1]), flush=True)
    return results


@contextmanager
def _target(options):
    if options.deploy and not options.base:
        with Deployment(options.deploy) as deployment, deployment.running() as target:
            target.settings.crashes, target.settings.soak = options.crashes, options.soak
            yield target
        return
    settings = Settings(**{one.name: getattr(options, one.name) for one in fields(Settings)})
    origin = Origin(*options.origin_listen) if options.origin_listen else None
    deployment = Deployment(options.deploy) if options.deploy else None
    try:
        yield Target(settings, origin, deployment).look()
    finally:
        if deployment:
            deployment.stop()
        if origin:
            origin.stop()


def _is_selected(case, options):
    if case.is_long and not options.long:
        return False
    wanted = options.cases
    return not wanted or case.number in wanted or case.number[0] in wanted or case.name in wanted


def _address(text):
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"HOST:PORT is allowed, not '{text}'")
    return host.strip("[]") or "127.0.0.1", int(port)


def _endpoint(text):
    """The beginning of a path, with its slash or without."""
    return "/" + text.strip("/") if text.strip("/") else ""


def _parser():
    parser = argparse.ArgumentParser(
        prog="abuse", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add, default = parser.add_argument, Settings()
    add("cases", nargs="*", help="numbers (A4), groups (A) or names; all if none is given")
    add("--base", default="", help="where the server is: http(s)://host[:port][/path]")
    endpoint = partial(add, default="", type=_endpoint, metavar="/ACCOUNT[/PREFIX]")
    endpoint("--endpoint", default=default.endpoint, help="a URL endpoint that has the sample (default %(default)s)")
    add("--sample", default=default.sample, help="a photograph there, at least 100 × 100 (default %(default)s)")
    add("--file", default="", help="a file there that is no picture")
    add("--key", default="", help="the private key")
    add("--older-key", default="", help="a second key that is still valid")
    endpoint("--signed-endpoint", help="one with the sample that requires signatures (Apus: unsigned: deny)")
    endpoint("--named-endpoint", help="one with the sample that allows named transformations alone (unsigned: named)")
    add("--named", default="", help="the name of a transformation that makes pictures smaller")
    endpoint("--proxy-endpoint", help="one with a WEB_PROXY origin, which fetches the URLs that are in its paths")
    add("--proxy-is-signed", action="store_true", help="it requires signatures")
    endpoint("--other-endpoint", help="another account, with another picture under the sample's name")
    add("--origin-listen", metavar="HOST:PORT", type=_address, help="where the suite may be an origin …")
    endpoint(
        "--origin-endpoint",
        help="… one that fetches from there: configure at the server an origin "
        '{ id: abuse, type: WEB_FOLDER, baseUrl: "http://HOST:PORT" } and a URL endpoint that has it alone, without '
        "ladders",
    )
    endpoint("--signed-origin-endpoint", help="another with the same origin that requires signatures (unsigned: deny)")
    add("--api", default="", metavar="URL", help="the HTTP API; purges the sample, so only where that does no harm")
    add("--names", default="", metavar="DOMAIN", help="127.0.0.1.DOMAIN and the like lead to those addresses")
    add("--error-age", type=int, default=default.error_age, help="seconds an error may be kept (default %(default)s)")
    add("--total", type=int, default=default.total, help="seconds until all is answered (default %(default)s)")
    add("--edge-age", type=int, default=default.edge_age, help="seconds the edge keeps answers (default %(default)s)")
    add("--deploy", type=Path, metavar="FOLDER", help="a clone of Apus whose deploy/up may be used")
    add("--crashes", default="", metavar="FOLDER", help="files that crashed decoders elsewhere, for D24")
    add("--soak", type=int, default=0, metavar="SECONDS", help="let deploy/soak of --deploy run for so long, for F8")
    add("--long", action="store_true", help="also what takes minutes")
    add("--list", action="store_true", help="only say which cases there are")
    add("--json", metavar="FILE", help="write the results as JSON")
    add("--junit", metavar="FILE", help="write the results as JUnit does")
    return parser
