"""Policies in words: what each is called, what the chosen one is worth, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.arrays import NO_ATTACK
from advgame.decision.decide import Decision
from advgame.decision.policies import NOT_RUN, Kind, Policies, Policy, same_worth
from advgame.decision.recommendation import undefended_in_words
from advgame.decision.secret_range import SecretRange
from advgame.number_text import percent, percentages, significant
from advgame.scenarios.knowledge import MIXTURE, NETWORK, NOTHING
from advgame.wording.money import Money
from advgame.wording.names import attack_in_words, listed, meaning_of, shortened

KNOWS = {
    NOTHING: "neither the network nor the probabilities",
    MIXTURE: "the probabilities, not which network is drawn",
    NETWORK: "which network answers",
}
NOT_STATED = (
    "The scenario does not state what the attacker knows: it is played as attacker_knows = "
    f'"{NOTHING}". Set it to "{MIXTURE}" or "{NETWORK}" if the defence can be observed.'
)
LOTTERY = (
    "A mixed strategy is drawn for each input: the server picks the network at random with these "
    "probabilities, and the attacker cannot know which one is drawn. In operation that takes {count} "
    "networks loaded, and a fresh draw for each input that nobody outside can predict or repeat. "
)
BINDING = (
    "An announcement must be binding: a defender who can still deploy something else is back in simultaneous "
    "play. Of a mixed strategy announce the probabilities, never the network drawn for an input."
)
COLUMNS = (
    "“If known”: the attacker knows the policy and plays its best response, ties broken against the "
    "defender. “Guaranteed”: the least of that while the attacker's rewards and costs are within the "
    "margin. “At equilibrium”: against the attacker's strategy in simultaneous play, which stays the same "
    "only while changes of its rewards and costs leave both sides playing the same defences and attacks. A "
    "mixed strategy kept secret counts with the last of these, without a margin; every other policy, and a "
    "single network even if kept secret, with what is guaranteed."
)
NAMED = 4  # defences of a mixed strategy


def range_in_words(nearest: SecretRange | None) -> str:
    """How far a single amount of the attacker may differ while a secret mixed strategy keeps its value.

    Args:
        nearest: the nearest change that ends the equilibrium; None where none within a factor of 2 does.
    """
    if nearest is None:
        return ""
    way = "down to" if nearest.change < 0 else "up to"
    return (
        " What a secret mixed strategy counts with holds while any one amount of the attacker differs by "
        f"less than {percent(abs(nearest.change))} from what is assumed ({meaning_of(nearest.address)}: "
        f"{way} {significant(nearest.amount)})."
    )


def deployed(policy: Policy) -> str:
    """What a policy deploys.

    >>> from advgame.scenarios import case
    >>> from advgame.decision import policies
    >>> deployed(policies(case("cifar10-two-defences")).verdict)
    'Rice2020Overfitting for 86 % of inputs and Standard for 14 %'
    """
    if policy.kind is Kind.STOPPED:
        return "nothing: the service is not run"
    if policy.single is not None:
        return f"{policy.single} for all inputs"
    parts = percentages([share for _, share in policy.deploy])
    first, *remaining = (f"{name} for {part}" for (name, _), part in zip(policy.deploy, parts, strict=True))
    return shortened([f"{first} of inputs", *remaining], NAMED)


def title(policies: Policies, policy: Policy) -> str:
    """What a policy is, in the first column of a table.

    >>> from advgame.scenarios import case
    >>> from advgame import decision
    >>> table = decision.policies(case("cifar10-two-defences"))
    >>> [title(table, policy) for policy in table.policies[:3]]
    ['best if kept secret', 'best announced mixed strategy', 'best known network']
    """
    return {
        Kind.HIDDEN: "best if kept secret",
        Kind.MIXTURE: "best announced mixed strategy",
        Kind.NETWORK: "best known network",
        Kind.STACKELBERG: "Stackelberg strategy, no margin",
        Kind.SINGLE: f"{policy.single} alone",
        Kind.UNDEFENDED: undefended_in_words(policies.scenario),
        Kind.MAXIMIN: "maximin, the attacker's aim unknown",
        Kind.STOPPED: NOT_RUN,
    }[policy.kind]


def titles(policies: Policies, group: tuple[Policy, ...]) -> str:
    """What policies that deploy the same are called, in the first column of a table.

    >>> from advgame.scenarios import case
    >>> from advgame import decision
    >>> table = decision.policies(case("cifar10-two-defences"))
    >>> titles(table, table.alike[4])
    'doing nothing; Standard alone'

    Args:
        policies: the policies of the scenario.
        group: one of ``policies.alike``.
    """
    return "; ".join(title(policies, policy) for policy in group)


def earned(money: Money, amount: float) -> str:
    """An amount that is earned or lost, per input and per month, with its sign in words.

    >>> earned(Money("USD", "", 1e6), -0.00687)
    'a loss of 0.00687 USD per classified input (6,870 USD per month)'
    """
    return money.both(amount) if amount >= 0 else f"a loss of {money.both(-amount)}"


def worth_in_words(policies: Policies, money: Money) -> str:
    """What the chosen policy is worth, with its sign and how far that is guaranteed.

    Args:
        policies: the policies of the scenario.
        money: its unit, and its volume where it states one.
    """
    chosen = policies.verdict
    if chosen.kind is Kind.STOPPED:
        losing = "Every policy that runs the service loses money"
        if max(policy.at_best for policy in policies.available if policy is not chosen) >= 0:
            losing = f"No policy that runs the service is sure to earn money{_within(policies)}"
        return f"{losing}; not running it costs and earns nothing."
    if chosen.worth < 0:
        most = "at most " if not _secret(chosen) and policies.uncertain else ""
        return f"It is a loss of {most}{money.both(-chosen.worth)}{_guarantee(policies, money)}."
    return f"It is worth {money.both(chosen.worth)}{_guarantee(policies, money)}."


def _guarantee(policies: Policies, money: Money) -> str:
    chosen = policies.verdict
    if len(policies.game.attacks) == 1:
        return ""
    if _secret(chosen):
        if same_worth(chosen.worth, chosen.guaranteed):
            return ""
        known = f"be worth only {money.per_input(chosen.guaranteed)} per input"
        if chosen.guaranteed < 0:
            known = f"lose {money.per_input(-chosen.guaranteed)} per input"
        return f" as long as it stays secret; if it becomes known, it may {known}"
    guaranteed = ", guaranteed" if chosen.worth >= 0 else ","
    if not policies.uncertain:
        return " against an attacker who knows it"
    return f" against an attacker who knows it{guaranteed}{_within(policies)}"


def _secret(policy: Policy) -> bool:
    """Whether it is a mixed strategy that the attacker does not know."""
    return policy.kind is Kind.HIDDEN and policy.single is None


def _within(policies: Policies) -> str:
    """The margin within which a value is guaranteed; empty where the attacker's amounts are certain."""
    if not policies.uncertain:
        return ""
    return f" while the attacker's rewards and costs are within {_margin(policies)}"


def _margin(policies: Policies) -> str:
    relative = f"{percent(policies.margin)} of those assumed"
    if not policies.scenario.intervals:
        return relative
    intervals = "the intervals given for them"
    return f"{relative}, or {intervals}" if policies.margin > 0 else intervals


@dataclass(frozen=True)
class Gain:
    """What the chosen policy earns more than another; negative where the other would be worth more."""

    other: Policy
    label: str  # of a tile
    words: str  # in a sentence
    amount: float  # money per classified input


def gains(policies: Policies) -> tuple[Gain, ...]:
    """The chosen policy against the best secret or announced one, the best known network, and doing nothing.

    Those that deploy the same as the chosen one are left out, as are those that cannot be chosen. Where the
    best secret or announced policy is the best known network, it is named once, as that network.
    """
    chosen = policies.verdict
    compared = []
    for policy in policies.available:
        words = _words(policies, policy)
        again = policy.kind in (Kind.HIDDEN, Kind.MIXTURE) and _alike(policy, policies.best_single)
        if words and policy is not chosen and not again and not _alike(policy, chosen):
            amount = chosen.worth - policy.worth
            same = same_worth(chosen.worth, policy.worth)
            compared.append(Gain(policy, *words, 0.0 if same else amount))
    return tuple(compared)


def _words(policies: Policies, policy: Policy) -> tuple[str, str] | None:
    """The label of a tile and the words in a sentence; None for a policy that is not compared."""
    name, deploys = policy.single, deployed(policy)
    plain = undefended_in_words(policies.scenario)
    return {
        Kind.HIDDEN: ("Against keeping it secret", f"the best defence kept secret ({deploys})"),
        Kind.MIXTURE: ("Against announcing", f"the best announced mixed strategy ({deploys})"),
        Kind.NETWORK: (f"Against the best known network ({name})", f"the best known network ({name} alone)"),
        Kind.UNDEFENDED: (f"Against {plain} ({name})", f"{plain} ({name} alone)"),
        Kind.STOPPED: (f"Against {NOT_RUN}", NOT_RUN),
    }.get(policy.kind)


def _alike(one: Policy, other: Policy) -> bool:
    """Whether two policies deploy the same, both known to the attacker or both not."""
    hidden = Kind.HIDDEN in (one.kind, other.kind) and len(one.deploy) > 1
    return (
        not hidden and bool(abs(one.strategy - other.strategy).max() < 1e-6) and one.kind is not Kind.STOPPED
    )


def gains_in_words(policies: Policies, money: Money) -> str:
    """The chosen policy against the others, in one sentence; empty where there is nothing to compare."""
    more = "more" if policies.verdict.worth >= 0 else "better"
    parts = [_gain(gain, money, more) for gain in gains(policies)]
    return f"That is {listed(parts)}." if parts else ""


def _gain(gain: Gain, money: Money, more: str) -> str:
    if gain.amount == 0:
        return f"as much as {gain.words}"
    direction = more if gain.amount > 0 else "less"
    return f"{money.per_input(abs(gain.amount))} {direction} than {gain.words}"


def by_knowledge_in_words(policies: Policies, money: Money) -> str:
    """What would be recommended by what the attacker knows, where another concept was asked for."""
    return (
        "The solution concept was chosen by hand. By what the attacker knows, the recommendation would be "
        f"{deployed(policies.verdict)}, worth {money.per_input(policies.verdict.worth)} per input; what "
        "follows in this section refers to that recommendation."
    )


def secrecy_in_words(policies: Policies, money: Money) -> str:
    """What keeping the defence secret gains or loses; empty where it is not known."""
    price = policies.price_of_secrecy
    hidden, announced = policies.of(Kind.HIDDEN), policies.of(Kind.MIXTURE)
    if price is None or hidden is None or announced is None:
        return ""
    possible = policies.scenario.knowledge == NOTHING
    keeping = (
        "Keeping the defence secret" if possible else "Keeping the defence secret, if that were possible,"
    )
    gains_or_loses = ("gains", "loses") if possible else ("would gain", "would lose")
    if same_worth(hidden.worth, announced.worth):
        neither = "neither gains nor loses" if possible else "would neither gain nor lose"
        return f"{keeping} {neither} anything."
    if price > 0:
        return f"{keeping} {gains_or_loses[0]} {money.both(price)} over announcing the best mixed strategy."
    return (
        f"{keeping} {gains_or_loses[1]} {money.both(-price)} against announcing the best mixed strategy: an "
        "attacker who cannot observe the defence can be neither deterred nor steered by it."
    )


def margin_in_words(policies: Policies, money: Money) -> str:
    """Why the exact Stackelberg strategy is not recommended; empty where the margin costs nothing."""
    exact, robust, price = policies.of(Kind.STACKELBERG), policies.of(Kind.MIXTURE), policies.price_of_margin
    if exact is None or robust is None or price is None or not policies.uncertain:
        return ""
    if exact not in policies.available or _alike(exact, robust) or same_worth(exact.at_best, robust.worth):
        return ""
    advice = (
        "It should not be announced" if policies.scenario.knowledge == NOTHING else "It is not recommended"
    )
    what = f"a mixed strategy at the attacker's point of indifference ({deployed(exact)})"
    if exact.single is not None:
        what = f"{exact.single} alone"
    return (
        f"If the attacker's amounts were exactly as assumed, {what}, known to the attacker, would be worth "
        f"{money.per_input(exact.at_best)} per input. {advice}: within the margin the attacker may prefer "
        f"{attack_in_words(exact.threat)}, and the strategy is then worth "
        f"{money.per_input(exact.guaranteed)}. The margin "
        f"costs {money.per_input(price)} per input."
    )


def edge_in_words(policies: Policies, money: Money) -> str:
    """The single defence that looks better, but only at the amounts assumed; empty where there is none."""
    singles = [policy for policy in policies.available if policy.kind is Kind.SINGLE]
    best = max(singles, key=lambda policy: policy.if_known, default=None)
    chosen = policies.verdict
    if best is None or best.if_known <= chosen.worth or same_worth(best.if_known, chosen.worth):
        return ""
    if chosen.kind is not Kind.STOPPED and _alike(best, chosen):
        return ""  # stated with the attacker's best response to it
    exact = policies.of(Kind.STACKELBERG)
    if exact is not None and exact.single == best.single and margin_in_words(policies, money):
        return ""  # stated with the Stackelberg strategy
    return (
        f"{best.single} alone, known to the attacker, would be worth {money.per_input(best.if_known)} per "
        f"input at exactly the amounts assumed, but only {money.per_input(best.guaranteed)} within the "
        f"margin: {'staying away' if best.response == NO_ATTACK else best.response} is then no longer the "
        "attacker's only best response."
    )


def response_in_words(policies: Policies, money: Money) -> str:
    """What the attacker does against the chosen policy."""
    chosen = policies.verdict
    if len(policies.game.attacks) == 1 or chosen.kind is Kind.STOPPED:
        return ""
    if _secret(chosen):
        return ""
    if not same_worth(chosen.if_known, chosen.guaranteed):
        return (
            f"At the amounts assumed, the attacker's best response is {_response(chosen.response)}, and the "
            f"value {money.per_input(chosen.if_known)}; within the margin it may be "
            f"{_response(chosen.threat)}, with which {percent(chosen.threat_share)} of the traffic is "
            "adversarial."
        )
    if chosen.share == 0:
        return "The attacker's best response is not to attack."
    return (
        f"The attacker's best response is {attack_in_words(chosen.response)}; {percent(chosen.share)} of the "
        "traffic is then adversarial."
    )


def _response(attack: str) -> str:
    return "not to attack" if attack == NO_ATTACK else attack_in_words(attack)


def mixed_strategy_in_words(policies: Policies, money: Money) -> str:
    """What a mixed strategy takes in operation, and the price of the best single network; else empty."""
    chosen, single = policies.verdict, policies.best_single
    if len(chosen.deploy) < 2:
        return ""
    gap = chosen.worth - single.worth
    price = "as much" if same_worth(chosen.worth, single.worth) else f"{money.both(gap)} less"
    count = "both" if len(chosen.deploy) == 2 else f"all {len(chosen.deploy)}"
    return f"{LOTTERY.format(count=count)}{single.single} alone, known to the attacker, is worth {price}."


def binding_in_words(policies: Policies) -> str:
    """What an announcement must be; empty where none is recommended."""
    return BINDING if policies.announces else ""


def explanations(decision: Decision, money: Money) -> tuple[str, ...]:
    """The sentences above the table of policies, in reading order.

    Args:
        decision: the policies, and what is recommended.
        money: the scenario's unit, and its volume where it states one.
    """
    table = decision.policies
    texts = (
        "" if decision.by_knowledge else by_knowledge_in_words(table, money),
        secrecy_in_words(table, money),
        binding_in_words(table),
        margin_in_words(table, money),
        edge_in_words(table, money),
        mixed_strategy_in_words(table, money),
    )
    return tuple(text for text in texts if text)
