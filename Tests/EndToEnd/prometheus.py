"""Reads the Prometheus text of `/_apus/metrics`, strictly: what a scraper would refuse fails here too."""

import re

_SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="[^"\\\n]*",?)+)\})? ([0-9.]+|\+Inf)')
_LABEL = re.compile(r'([a-z_]+)="([^"]*)"')
_SUFFIXES = re.compile(r"_(bucket|sum|count)$")


class Samples:
    """`samples["apus_renders_total", {"result": "done"}]`; labels left out are summed over."""

    def __init__(self, text):
        self.kinds, self.values = {}, {}
        family = None
        for line in text.splitlines():
            if line.startswith("# HELP "):
                family = line.split(" ", 3)[2]
                assert family not in self.kinds, f"{family} twice"
            elif line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                assert name == family, line
                self.kinds[name] = kind
            elif not line.startswith("#"):
                self._take(line, family)

    def _take(self, line, family):
        found = _SAMPLE.fullmatch(line)
        assert found, f"no sample: {line!r}"
        name, labels, value = found.groups()
        owner = name if name in self.kinds else _SUFFIXES.sub("", name)
        assert owner == family, line
        key = name, frozenset(_LABEL.findall(labels or ""))
        assert key not in self.values, f"{key} twice"
        self.values[key] = float(value)

    def __getitem__(self, question):
        name, labels = (question, {}) if isinstance(question, str) else question
        found = [v for (other, pairs), v in self.values.items() if other == name and set(labels.items()) <= pairs]
        assert found, f"no sample of {name} {labels}"
        return sum(found)


def metrics(instance):
    answer = instance.get("/_apus/metrics")
    assert answer.status == 200, answer
    return Samples(answer.body.decode())


class Difference:
    """What was added since: `difference["apus_renders_total"]`."""

    def __init__(self, instance):
        self._instance = instance
        self._before = metrics(instance)

    def __getitem__(self, question):
        return metrics(self._instance)[question] - self._before[question]
