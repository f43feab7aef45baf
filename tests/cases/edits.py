"""Edits that an author may make to a form, one after another, and answers to what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Scale, Section
from site_builder.forms.model.fields import Field, Matrix, Number, OneOf, Rating, Repeat, Text, YesNo

NAMES = ("a", "b", "c", "d", "e", "a_v2")
REPEATS = ("r", "s")
INSIDE = ("x", "y", "z", "x_v2")
ROWS = ("m1", "m2", "m3", "a")  # a row and a question may change places
SENSES = {"": 0, "Last week": 1, "In the week that has passed": 1, "Last month": 2}  # hints by what they mean
CODES = (("0", "1"), ("0", "1", "2"), ("no", "yes", "01"))
Draw = Callable[[st.SearchStrategy[Any]], Any]
Edit = Callable[[Draw, list[Field], int, tuple[str, ...]], None]


def question(draw: Draw, id: str) -> Field:
    kind = draw(st.sampled_from(("text", "rating", "rating", "number", "choice", "yes no")))
    match kind:
        case "rating":
            return Rating(id=id, ask=f"How {id}?", highest=draw(st.sampled_from((10, 100))))
        case "number":
            return Number(id=id, ask=f"How many {id}?", unit=draw(st.sampled_from(("", "cups"))))
        case "choice":
            return OneOf(id=id, ask=f"Which {id}?", choices=choices(draw))
        case "yes no":
            return YesNo(id=id, ask=f"Did you {id}?")
    return Text(id=id, ask=f"What {id}?")


def choices(draw: Draw) -> tuple[Choice, ...]:
    words = draw(st.sampled_from(("Label", "Label", "Grade")))
    return tuple(Choice(code, f"{words} {code}") for code in draw(st.sampled_from(CODES)))


def first_form(draw: Draw) -> Form:
    inside = tuple(question(draw, id) for id in draw(st.lists(st.sampled_from(INSIDE), min_size=1, unique=True)))
    singles = [*(Rating(id=id, ask=f"How {id}?") for id in ("a", "b")), question(draw, "c")]
    rows = tuple(Choice(id, f"Row {id}") for id in ("m1", "m2"))
    matrix = Matrix(id="grid", ask="How often?", choices=choices(draw), rows=rows)
    form = Form(id="log", version=1, title="Log", sections=(), scales=(Scale("total", ("a", "b")),))
    return with_fields(form, [*singles, matrix, Repeat(id="r", ask="R?", of=inside)])


def with_fields(form: Form, fields: list[Field]) -> Form:
    """Return the form with these questions, without an impossible `was` and without empty repeats or matrices."""
    taken = {part for one in fields for part in one.part_ids()}
    fields = [without_impossible_was(one, taken) for one in fields if not isinstance(one, Repeat) or one.of]
    fields = [one for one in fields if not isinstance(one, Matrix) or one.rows]
    edited_form = replace(form, sections=(Section(tuple(fields) or (Text(id="e", ask="What?"),)),))
    return replace(
        edited_form, scales=tuple(scale for old in form.scales if (scale := that_counts(edited_form, old)).items)
    )


def without_impossible_was(one: Field, taken: set[str]) -> Field:
    if isinstance(one, Repeat):
        inside = {inner.id for inner in one.of}
        one = replace(one, of=tuple(without_impossible_was(inner, inside) for inner in one.of))
    if isinstance(one, Matrix):
        rows = {row.code for row in one.rows}
        return replace(one, renamed=tuple((row, was) for row, was in one.renamed if row in rows and was not in taken))
    return replace(one, was="") if one.was in taken else one


def that_counts(form: Form, scale: Scale) -> Scale:
    items = tuple(item for item in scale.items if item in scorable(form))
    missing = min(scale.missing_up_to, max(len(items) - 1, 0))
    return replace(scale, items=items, reversed=tuple(i for i in scale.reversed if i in items), missing_up_to=missing)


def scorable(form: Form) -> list[str]:
    def counts(one: Field) -> bool:
        codes = [choice.code for choice in one.choices] if isinstance(one, OneOf | Matrix) else []
        return isinstance(one, Rating) or (bool(codes) and all(code in "012" for code in codes))

    return [item for item, (one, _) in form.items.items() if counts(one)]


def edited(draw: Draw, form: Form, gently: bool) -> Form:
    """Change one thing as an author would; `gently` picks changes that rarely need a new version."""
    fields = list(form.fields)
    edit: Edit = draw(st.sampled_from(GENTLE if gently else (*EDITS, rename, rename)))
    if not draw(st.integers(0, 3)):
        return change_scale(draw, form)
    many = [n for n, one in enumerate(fields) if isinstance(one, Repeat | Matrix)]  # there is most to go wrong
    at = draw(st.sampled_from((*range(len(fields)), *many, *many)))
    if isinstance(repeat := fields[at], Repeat) and edit is not move and draw(st.integers(0, 2)) == 0:
        inside = list(repeat.of)
        edit(draw, inside, draw(st.integers(0, len(inside) - 1)), INSIDE)
        fields[at] = replace(repeat, of=tuple(inside))
        return with_fields(form, fields)
    before = {one.id for one in fields}
    edit(draw, fields, at, NAMES)
    renamed = dict(zip(before - {one.id for one in fields}, {one.id for one in fields} - before, strict=False))
    counting = tuple(
        replace(
            scale,
            items=tuple(renamed.get(i, i) for i in scale.items),
            reversed=tuple(renamed.get(i, i) for i in scale.reversed),
        )
        for scale in form.scales
    )
    return with_fields(replace(form, scales=counting), fields)


def free(fields: list[Field], names: tuple[str, ...]) -> list[str]:
    taken = {part for one in fields for part in (one.id, *one.part_ids())}
    return [name for name in names if name not in taken]


def rename(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    one = fields[at]
    pool = REPEATS if isinstance(one, Repeat) else ROWS if isinstance(one, Matrix) else names
    if not (new := free(fields, pool)):
        return
    id, has_was = draw(st.sampled_from(new)), bool(draw(st.integers(0, 3)))
    if isinstance(one, Matrix):
        row = draw(st.sampled_from(one.rows))
        rows = tuple(replace(other, code=id) if other is row else other for other in one.rows)
        fields[at] = replace(one, rows=rows, renamed=(*one.renamed, *(((id, row.code),) if has_was else ())))
    else:
        fields[at] = replace(one, id=id, was=one.id if has_was else "")


def add(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    if isinstance(matrix := fields[at], Matrix) and (rows := free(fields, ROWS)):
        fields[at] = replace(matrix, rows=(*matrix.rows, Choice(draw(st.sampled_from(rows)), "Another row")))
    elif isinstance(fields[at], Repeat) and (new := free(fields, REPEATS)):
        was = draw(st.sampled_from(("", fields[at].id)))
        fields.insert(at, Repeat(id=new[0], ask="S?", of=(question(draw, draw(st.sampled_from(INSIDE))),), was=was))
    elif new := free(fields, names):
        was = draw(st.sampled_from(("", *names)))  # sometimes of a question that went long ago
        left = [name for one in fields if (name := one.was) in new]  # by a question that is called otherwise now
        new_field = question(draw, draw(st.sampled_from(left or new)))
        fields.insert(at, replace(new_field, was="" if was == new_field.id else was))


def remove(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    if isinstance(matrix := fields[at], Matrix) and len(matrix.rows) > 1:
        fields[at] = replace(matrix, rows=matrix.rows[1:])
    elif len(fields) > 1:
        del fields[at]


def reorder(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    fields.append(fields.pop(at))


def retype(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    one = fields[at]
    if isinstance(one, Matrix):
        fields[at] = replace(one, choices=choices(draw))
    elif isinstance(one, Rating) and draw(st.booleans()):
        fields[at] = replace(one, highest=110 - one.highest)
    elif not isinstance(one, Repeat):
        fields[at] = replace(question(draw, one.id), was=one.was)


def reword(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    """Change the punctuation, and the hint to one that means the same or something else."""
    one, hint = fields[at], draw(st.sampled_from(tuple(SENSES)))
    is_same, is_quoted = SENSES[one.hint] == SENSES[hint], draw(st.booleans())
    was_worded = (one.hint,) if is_same and one.hint else draw(st.sampled_from(((), one.was_worded)))
    fields[at] = replace(one, ask=f"{one.ask}?", hint=hint, was_worded=was_worded if is_quoted else ())


def forget_was(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    one = fields[at]
    fields[at] = replace(one, renamed=()) if isinstance(one, Matrix) else replace(one, was="")


def move(draw: Draw, fields: list[Field], at: int, names: tuple[str, ...]) -> None:
    """Move a question into or out of a repeat, or turn it into one."""
    place = next((n for n, one in enumerate(fields) if isinstance(one, Repeat)), None)
    one = fields[at]
    if isinstance(one, Repeat):
        if free(fields, (one.of[0].id,)) and len(one.of) > 1:
            fields[at] = replace(one, of=one.of[1:])
            fields.append(replace(one.of[0], was=""))
    elif isinstance(one, Matrix):
        return
    elif place is None:
        fields[at] = Repeat(id=draw(st.sampled_from(REPEATS)), ask="R?", of=(replace(one, was=""),))
    elif isinstance(repeat := fields[place], Repeat) and one.id not in {inner.id for inner in repeat.of}:
        fields[place] = replace(repeat, of=(*repeat.of, replace(one, was="")))
        del fields[at]


GENTLE = (rename, rename, add, add, forget_was, reword)
EDITS = (rename, add, remove, reorder, retype, reword, forget_was, move)


def change_scale(draw: Draw, form: Form) -> Form:
    items = draw(st.lists(st.sampled_from(scorable(form)), unique=True)) if scorable(form) else []
    scale = Scale(
        "total",
        tuple(items),
        reversed=tuple(items[:1]) if draw(st.booleans()) else (),
        multiplier=draw(st.sampled_from((1, 2))),
        missing_up_to=1 if len(items) > 1 and draw(st.booleans()) else 0,
    )
    return replace(form, scales=(scale,) if items else ())


def answers(draw: Draw, form: Form, words: Iterator[int]) -> dict[str, Any]:
    def one(asked: Field) -> Any:
        match asked:
            case Repeat():
                rows = [several(asked.of) for _ in range(draw(st.integers(1, 2)))]
                return [row for row in rows if row] or None
            case Matrix():
                return {row.code: draw(st.sampled_from(asked.choices)).code for row in asked.rows}
            case Rating():
                return draw(st.integers(asked.lowest, asked.highest))
            case Number():
                return draw(st.integers(0, 500))
            case OneOf() | YesNo():
                return draw(st.sampled_from(asked.choices)).code
        return f"words {next(words)}"

    def several(fields: tuple[Field, ...]) -> dict[str, Any]:
        drawn = {asked.id: one(asked) for asked in fields if draw(st.integers(0, 4))}
        return {id: answer for id, answer in drawn.items() if answer is not None}

    return several(form.fields)
