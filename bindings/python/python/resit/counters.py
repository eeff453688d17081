"""What a trainer logs of grading and of episodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from resit._resit import Episode, ResitError, Verdict


@dataclass
class Counters:
    """Counts verdicts and episodes.

    >>> import resit
    >>> counters = resit.Counters()
    >>> counters.add_verdicts(resit.grade_batch(["1/2", "3"], answers=["0.5", "4"]))
    >>> counters.log("grader/")["grader/correct"]
    1
    """

    graded: int = 0
    """Verdicts."""
    correct: int = 0
    """Verdicts that say equal."""
    undecided: int = 0
    """Verdicts that say neither equal nor different; they are not rewarded."""
    decided_by_text: int = 0
    """Verdicts for which the words were compared."""
    fuel_spent: int = 0
    """Steps that the verdicts took."""
    errors: int = 0
    """Rows and episodes without a verdict, because of a fault."""
    episodes: int = 0
    """Episodes that have ended."""
    solved: int = 0
    """Episodes that ended with a right attempt."""
    truncated: int = 0
    """Episodes that ended because the context or the token budget was used up."""

    def add_verdicts(self, verdicts: Iterable[Verdict | ResitError | None]) -> None:
        """Count what `grade_batch` returned."""
        for verdict in verdicts:
            if not isinstance(verdict, Verdict):
                self.errors += 1
                continue
            self.graded += 1
            self.correct += verdict.correct
            self.undecided += verdict.verdict == "undecided"
            self.decided_by_text += verdict.method == "text"
            self.fuel_spent += verdict.steps

    def add_episodes(self, episodes: Iterable[Episode]) -> None:
        """Count episodes that have ended, and the attempts in them."""
        for episode in episodes:
            if not episode.done:
                continue
            self.episodes += 1
            self.solved += episode.stop == "solved"
            self.truncated += episode.stop in ("truncated", "budget")
            self.errors += episode.stop == "error"
            for result in episode.results:
                if result.verdict is not None:
                    self.graded += 1
                    self.correct += result.correct
                    self.undecided += result.verdict == "undecided"

    def log(self, prefix: str = "") -> dict[str, int]:
        """The counts by name, as a logger takes them."""
        return {prefix + field.name: getattr(self, field.name) for field in fields(self)}
