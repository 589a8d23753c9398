"""The words of the dashboard, each in a sentence, with the page of the documentation that explains it."""

from __future__ import annotations

import streamlit as st

WORDS = {
    "Adversarial share": ("The part of the traffic that an attacker supplies.", ""),
    "Announce": ("To commit to the defence publicly before the attacker chooses.", "commitment.md"),
    "Attack": ("A procedure that changes inputs so that the network misclassifies them.", ""),
    "Benign input": ("An input that has not been manipulated.", ""),
    "Best response": (
        "The strategy that earns most against the other side's strategy.",
        "simultaneous-play.md",
    ),
    "Break-even share": ("The adversarial share from which on a defence pays.", ""),
    "Clean accuracy": ("The share of benign inputs that a network classifies correctly.", ""),
    "Commitment (Stackelberg)": ("One side moves first and is observed by the other.", "commitment.md"),
    "Deter": ("To make every attack earn less than staying away.", "commitment.md"),
    "Equilibrium (Nash)": ("Neither side gains by changing its strategy alone.", "simultaneous-play.md"),
    "Guaranteed value": ("The least that a policy earns within the margin.", "commitment.md"),
    "Largest share": ("The most of the traffic that the attacker can supply.", ""),
    "Margin": (
        "By how much the attacker's rewards and costs may differ from those assumed.",
        "commitment.md",
    ),
    "Maximin": ("The strategy with the best worst case, whatever the attacker wants.", "maximin.md"),
    "Mixed strategy": ("Networks drawn at random for each input, with given probabilities.", ""),
    "Pareto front": ("The defences that no other beats in one accuracy without losing in the other.", ""),
    "Quantal response": ("Play with errors, in which costly errors are rarer.", "quantal-response.md"),
    "Regret": ("The loss compared with the best choice in hindsight.", "regret.md"),
    "Robust accuracy": ("The share of attacked inputs that a network classifies correctly.", ""),
    "Settled, leaning, open": ("Best in at least 95 %, in two thirds, or in fewer draws.", "confidence.md"),
    "Threshold": ("The value of a number at which another decision is better.", "confidence.md"),
}


def show() -> None:
    """The words in their order."""
    lines = ["| Word | Meaning |", "|---|---|"]
    lines += [f"| **{word}** | {meaning} {_more(page)} |" for word, (meaning, page) in WORDS.items()]
    st.markdown("\n".join(lines))


def _more(page: str) -> str:
    return f"More in `docs/explanation/{page}`." if page else ""
