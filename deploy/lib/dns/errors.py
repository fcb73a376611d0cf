"""What can be wrong with what was asked for."""

from collections.abc import Sequence


class Refused(Exception):
    """Sentences for people, one for each thing that is wrong."""

    def __init__(self, *problems: str):
        super().__init__("\n".join(problems))
        self.problems = problems

    @classmethod
    def if_any(cls, problems: Sequence[str]) -> None:
        if problems:
            raise cls(*problems)
