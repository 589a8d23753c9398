"""Journal records with a proof of their unit and their integrity.

A record is a JSON object. Its ``proof`` contains the unit's kind and key and the SHA-256 of the tensors
stored beside it and of the record itself. This detects damage and confusion of files; it is not a signature.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from advgame.errors import LabError
from advgame.lab.experiment.units import CRAFT, INSPECT, MAKE, MEASURE, Unit

if TYPE_CHECKING:
    from pydantic import BaseModel

RECORD_FORMAT = 2  # of the file; not part of a unit's key, which determines its seeds
PROOF, WORDS = "proof", "unit"


class BadRecord(LabError):
    """A record that is damaged, changed or of another unit; the message is the reason, without a period."""


def sealed(unit: Unit, content: Mapping[str, Any], tensors: str | None) -> str:
    """The text of a record with its proof.

    Args:
        unit: the finished unit.
        content: its results, as JSON values.
        tensors: the SHA-256 of its stored weights or examples; None if there are none.
    """
    proof = {"format": RECORD_FORMAT, "kind": unit.kind, "key": unit.key, "tensors": tensors}
    record = {WORDS: unit.words, **content, PROOF: proof}
    record[PROOF] = {**proof, "sha256": _digest(record)}
    return json.dumps(record, ensure_ascii=False, indent=1)


def opened(
    unit: Unit, text: str, *, proof_required: bool, other_units: Container[str] = ()
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The content of a record and its proof; the proof is None for a record of an older version.

    Args:
        unit: the unit.
        text: the content of the record's file.
        proof_required: whether a record without proof is an error.
        other_units: descriptions of the other units; a record without proof must not have one of them.

    Raises:
        BadRecord: for a record of another unit, or one that is damaged or changed.
    """
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        raise BadRecord("it is no JSON") from None
    if not isinstance(record, dict):
        raise BadRecord("it is no JSON object")
    proof = record.pop(PROOF, None)
    if proof is not None:
        _check_proof(unit, record, proof)
    elif proof_required:
        raise BadRecord("it has no proof of its content, unlike the other records of this journal")
    else:
        _check_words(unit, record.get(WORDS), other_units)
    record.pop(WORDS, None)
    _check_shape(unit, record)
    return record, proof


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_radii(record: Mapping[str, Any], radii: Sequence[float | None]) -> None:
    """Raises an error if a cell was measured at other radii than those of the experiment.

    Raises:
        BadRecord: if the radii differ.
    """
    if list(record["radii"]) != list(radii):
        raise BadRecord(f"it was measured at the radii {record['radii']} instead of {list(radii)}")


def _digest(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _check_proof(unit: Unit, record: Mapping[str, Any], proof: Any) -> None:
    if not isinstance(proof, dict) or proof.get("format") != RECORD_FORMAT:
        raise BadRecord(f"its proof is not of format {RECORD_FORMAT}, the only one this version reads")
    if (proof.get("kind"), proof.get("key")) != (unit.kind, unit.key):
        raise BadRecord(f"it is the record of another unit, {record.get(WORDS)!r}")
    unsigned = {key: value for key, value in proof.items() if key != "sha256"}
    if proof.get("sha256") != _digest({**record, PROOF: unsigned}):
        raise BadRecord("its content is not what was written")


def _check_words(unit: Unit, words: Any, other_units: Container[str]) -> None:
    """Checks the description in an older record; defences may have been renamed since."""
    where = f", {unit.network}, {unit.dataset}, seed {unit.seed}"
    is_network = isinstance(words, str) and words.startswith("making ")
    of_other_unit = words != unit.words and words in other_units
    if (
        not isinstance(words, str)
        or not words.endswith(where)
        or is_network != (unit.kind == MAKE)
        or of_other_unit
    ):
        raise BadRecord(f"it is the record of another unit, {words!r}")


def _check_shape(unit: Unit, record: Mapping[str, Any]) -> None:
    from pydantic import ValidationError

    try:
        _shapes()[unit.kind].model_validate(record)
    except ValidationError as mistake:
        first = mistake.errors()[0]
        where = ".".join(map(str, first["loc"])) or "its values"
        raise BadRecord(f"{where}: {first['msg'].lower()}") from None


@lru_cache(maxsize=1)
def _shapes() -> dict[str, type[BaseModel]]:
    """The required content of a record, by the kind of unit."""
    from pydantic import BaseModel, ConfigDict, Field, model_validator

    class Record(BaseModel):
        model_config = ConfigDict(strict=True, extra="allow")
        wall_seconds: float = Field(ge=0)
        made_with: dict[str, Any] = {}

    class Network(Record):
        compression_nominal: float | None = None
        parameters_left: int | None = None
        parameters_total: int | None = None

    class Crafted(Record):
        cost: dict[str, float]
        warnings: list[str]

    class Cell(Crafted):
        places: list[int]
        radii: list[float | None]
        right: list[str]
        shares: list[list[Annotated[float, Field(ge=0, le=1)]]] | None = None  # of right answers, at random
        largest_class: float | None = Field(default=None, ge=0, le=1)

        @model_validator(mode="after")
        def an_answer_for_every_input(self) -> Cell:
            lengths = {len(self.places), *map(len, self.right), *map(len, self.shares or ())}
            if (
                len(self.right) != len(self.radii)
                or len(self.shares or self.radii) != len(self.radii)
                or len(lengths) > 1
                or set("".join(self.right)) - set("01-")
            ):
                raise ValueError("outcomes are not one of 0, 1 and - for every radius and input")
            if self.radii == [None] and self.largest_class is None:
                raise ValueError("the share of the largest class is missing")
            return self

    class Inspection(Record):
        values: dict[str, list[float]]

    return {MAKE: Network, CRAFT: Crafted, MEASURE: Cell, INSPECT: Inspection}
