"""deploy/terraform as it is written: parsed, with what refers to what."""

import functools
import json
import re
import shutil
import subprocess
import tempfile

import hcl2
import pytest

from instance import REPOSITORY

FOLDER = REPOSITORY / "deploy" / "terraform"
EXAMPLE = FOLDER / "examples" / "six-regions"
REGION, GLOBAL, ARTEFACTS = (FOLDER / "modules" / name for name in ("region", "global", "artefacts"))
MODULES = sorted(path.parent for path in FOLDER.rglob("versions.tf"))
# What an expression may begin with that is no resource's type.
SCOPES = {"var", "local", "module", "data", "each", "count", "path", "self", "terraform"}


class Module:
    """The files of one folder together."""

    def __init__(self, folder):
        self.folder = folder
        self.texts = {path.name: path.read_text() for path in sorted(folder.glob("*.tf"))}
        self.variables, self.outputs, self.calls, self.locals = {}, {}, {}, {}
        self.resources, self.data = {}, {}
        for text in self.texts.values():
            self._take(hcl2.loads(text))

    def _take(self, document):
        for block in document.get("variable", []):
            self.variables.update(unquoted(block))
        for block in document.get("output", []):
            self.outputs.update(unquoted(block))
        for block in document.get("module", []):
            self.calls.update(unquoted(block))
        for block in document.get("locals", []):
            self.locals.update(names_of(block))
        for kind, found in (("resource", self.resources), ("data", self.data)):
            for block in document.get(kind, []):
                for type_name, named in unquoted(block).items():
                    for name, body in unquoted(named).items():
                        found[type_name, name] = body

    def of(self, type_name):
        """The resources of a type, by name."""
        return {name: body for (its, name), body in self.resources.items() if its == type_name}

    @property
    def code(self):
        """Without comments and without the texts that people read."""
        text = "\n".join(self.texts.values())
        text = re.sub(r"(?m)^\s*#.*$", "", text)
        text = re.sub(r"description\s*=\s*<<-END.*?\n\s*END\n", "", text, flags=re.DOTALL)
        return re.sub(r'(?m)^\s*(description|error_message|comment)\s*=\s*".*"$', "", text)

    def references(self, scope):
        """The names that stand behind SCOPE. in expressions."""
        return set(re.findall(rf"(?<![\w.\"]){scope}\.([A-Za-z_][\w-]*)", self.code))

    def resource_references(self):
        """(type, name) of every resource that an expression names, and of data sources as ("data.type", name)."""
        found = re.findall(r"(?<![\w.\"/:-])(data\.)?(aws_[a-z0-9_]+)\.([A-Za-z_][\w-]*)", self.code)
        return {(prefix + type_name, name) for prefix, type_name, name in found}


@functools.cache
def module(folder):
    return Module(folder)


def unquoted(block):
    return {name.strip('"'): body for name, body in names_of(block).items()}


def names_of(block):
    return {name: body for name, body in block.items() if not name.startswith("__")}


def text_of(value):
    """A value without the quotes that the parser keeps."""
    return value.strip('"') if isinstance(value, str) else value


TERRAFORM = shutil.which("terraform")
SCRIPT_SECONDS = 60
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="the program terraform is not installed")


def evaluate(expression):
    """What Terraform itself makes of an expression; needs no provider."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [TERRAFORM, "console"], input=f"jsonencode({expression})", cwd=folder, capture_output=True, text=True,
            timeout=SCRIPT_SECONDS, check=False,
        )
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(json.loads(done.stdout))
