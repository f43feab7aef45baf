"""Which wordings are the same words, and which differ in spelling alone."""

from __future__ import annotations

import pytest

from site_builder.forms.history.similarity import plain, spelled_alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Feeling  tense", "feeling tense."),
        ("How often?", "How often"),
        ("*Last* week", "Last week"),
        ("On-edge", "on edge"),
        ("can't sleep", "can’t sleep"),
        ("Can't sleep", "Cant sleep"),
        ("Café", "Cafe\u0301"),
        ("ｗｏｒｒｙ", "worry"),
        ("Straße", "STRASSE"),
        ("Fe\u00adel", "feel"),
        ("Anxious", "Anxios"),
        ("Feling tense", "Feeling tense"),
        ("Hapy", "Happy"),
        ("How is your moood?", "How is your mood?"),
        ("Litle interest", "Little intrest"),
        ("Somtimes", "Sometimes"),
        ("A freind came", "A friend came"),
        ("I recieve help", "I receive help"),
        ("Gefuhl", "Gefühl"),
        ("accomodation", "accommodation"),
        ("independant", "independent"),
        ("грустно", "грусно"),
    ],
)
def test_a_difference_of_spelling(one: str, other: str) -> None:
    assert spelled_alike(one, other)
    assert spelled_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Never", "Always"),
        ("Not often", "Now often"),
        ("Not often", "Often"),
        ("I can sleep", "I can't sleep"),
        ("I could sleep", "I couldn't sleep"),
        ("I could sleep", "I couldnt sleep"),
        ("Happy", "Unhappy"),
        ("Able", "Unable"),
        ("Possible", "Impossible"),
        ("It decreased", "It increased"),
        ("Typical", "Atypical"),
        ("Lonely", "Lovely"),
        ("Stronger", "Stranger"),
        ("Never", "Ever"),
        ("Sad", "Mad"),
        ("Month", "Mouth"),
        ("Nothing", "Noting"),
        ("Without pain", "Within pain"),
        ("Last week", "Last month"),
        ("Last week", "Last weeks"),
        ("1 week", "2 weeks"),
        ("In 10 days", "In 1.0 days"),
        ("1.5", "15"),
        ("-1", "1"),
        ("5 %", "5"),
        ("Less than 5 <", "Less than 5 >"),
        ("🙂", "🙁"),
        ("--", "-"),
        ("C++", "C"),
        ("上周你感觉如何", "上月你感觉如何"),
        ("لا أنام جيدا", "لم أنام جيدا"),
        ("Sevmiyorum", "Seviyorum"),
        ("Montag", "Sonntag"),
        ("I worry and worry", "worry I and worry"),
        ("Feeling tense", "Feeling tense today"),
        ("Ferquently, somtimes, ocasionally", "Frequently, sometimes, occasionally"),
        ("", "Never"),
    ],
)
def test_another_meaning(one: str, other: str) -> None:
    assert not spelled_alike(one, other)
    assert not spelled_alike(other, one)


def test_marks_alone_stay() -> None:
    assert (plain("--"), plain(" ? "), plain("")) == ("--", "?", "")
