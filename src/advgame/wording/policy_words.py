"""Policies in words: what each is called, what the chosen one is worth, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.decision.policies import Kind, Policies, Policy, same_worth
from advgame.scenarios.knowledge import MIXTURE, NETWORK, NOTHING
from advgame.wording.money import Money
from advgame.wording.names import attack_in_words, listed, shortened
from advgame.wording.numbers import percent, percentages

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
    "probabilities, and the attacker cannot know which one is drawn. In operation that takes all {count} "
    "networks loaded, and a fresh draw for each input that nobody outside can predict or repeat. "
)
BINDING = (
    "An announcement must be binding: a defender who can still deploy something else is back in simultaneous "
    "play. Of a mixed strategy announce the probabilities, never the network drawn for an input."
)
NAMED = 4  # defences of a mixed strategy


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
    first, *others = (f"{name} for {part}" for (name, _), part in zip(policy.deploy, parts, strict=True))
    return shortened([f"{first} of inputs", *others], NAMED)


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
        Kind.UNDEFENDED: plain_in_words(policies),
        Kind.MAXIMIN: "maximin, the attacker's aim unknown",
        Kind.STOPPED: "not running the service",
    }[policy.kind]


def plain_in_words(policies: Policies) -> str:
    """What the undefended network is called: doing nothing, where the scenario names one."""
    return "doing nothing" if policies.scenario.undefended else "the best without attacks"


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
        return "Every policy that runs the service loses money; not running it costs and earns nothing."
    subject = "It is worth" if chosen.worth >= 0 else "It is"
    return f"{subject} {earned(money, chosen.worth)}{_guarantee(policies)}."


def _guarantee(policies: Policies) -> str:
    chosen = policies.verdict
    if len(policies.game.attacks) == 1:
        return ""
    if chosen.kind is Kind.HIDDEN:
        return " as long as it stays secret" if not same_worth(chosen.worth, chosen.guaranteed) else ""
    if policies.margin == 0 and not policies.scenario.intervals:
        return " against an attacker who knows it"
    return (
        " against an attacker who knows it, guaranteed while the attacker's rewards and costs are within "
        f"{_margin(policies)} of those assumed"
    )


def _margin(policies: Policies) -> str:
    intervals = " or their intervals" if policies.scenario.intervals else ""
    return f"{percent(policies.margin)}{intervals}"


@dataclass(frozen=True)
class Gain:
    """What the chosen policy earns more than another; negative where the other would be worth more."""

    other: Policy
    label: str  # of a tile
    words: str  # in a sentence
    amount: float  # money per classified input


def gains(policies: Policies) -> tuple[Gain, ...]:
    """The chosen policy against the best secret or announced one, the best known network, and doing nothing.

    Those that deploy the same as the chosen one are left out, as are those that cannot be chosen.
    """
    chosen = policies.verdict
    compared = []
    for policy in policies.available:
        words = _words(policies, policy)
        if words and policy is not chosen and not _alike(policy, chosen):
            amount = chosen.worth - policy.worth
            same = same_worth(chosen.worth, policy.worth)
            compared.append(Gain(policy, *words, 0.0 if same else amount))
    return tuple(compared)


def _words(policies: Policies, policy: Policy) -> tuple[str, str] | None:
    """The label of a tile and the words in a sentence; None for a policy that is not compared."""
    name, deploys = policy.single, deployed(policy)
    plain = plain_in_words(policies)
    return {
        Kind.HIDDEN: ("Against keeping it secret", f"the best defence kept secret ({deploys})"),
        Kind.MIXTURE: ("Against announcing", f"the best announced mixed strategy ({deploys})"),
        Kind.NETWORK: (f"Against the best known network ({name})", f"the best known network ({name} alone)"),
        Kind.UNDEFENDED: (f"Against {plain} ({name})", f"{plain} ({name} alone)"),
        Kind.STOPPED: ("Against not running the service", "not running the service"),
    }.get(policy.kind)


def _alike(one: Policy, other: Policy) -> bool:
    """Whether two policies deploy the same, both known to the attacker or both not."""
    hidden = Kind.HIDDEN in (one.kind, other.kind) and len(one.deploy) > 1
    return (
        not hidden and bool(abs(one.strategy - other.strategy).max() < 1e-6) and one.kind is not Kind.STOPPED
    )


def gains_in_words(policies: Policies, money: Money) -> str:
    """The chosen policy against the others, in one sentence; empty where there is nothing to compare."""
    parts = [_gain(gain, money) for gain in gains(policies)]
    return f"That is {listed(parts)}." if parts else ""


def _gain(gain: Gain, money: Money) -> str:
    if gain.amount == 0:
        return f"as much as {gain.words}"
    direction = "more" if gain.amount > 0 else "less"
    return f"{money.per_input(abs(gain.amount))} {direction} than {gain.words}"


def secrecy_in_words(policies: Policies, money: Money) -> str:
    """What keeping the defence secret gains or loses; empty where it is not known."""
    price = policies.price_of_secrecy
    hidden, announced = policies.of(Kind.HIDDEN), policies.of(Kind.MIXTURE)
    if price is None or hidden is None or announced is None:
        return ""
    if same_worth(hidden.worth, announced.worth):
        return "Keeping the defence secret neither gains nor loses anything."
    if price > 0:
        return (
            f"Keeping the defence secret gains {money.both(price)} over announcing the best mixed strategy."
        )
    return (
        f"Keeping the defence secret loses {money.both(-price)}: an attacker who cannot observe the defence "
        "also cannot be deterred by it."
    )


def margin_in_words(policies: Policies, money: Money) -> str:
    """Why the exact Stackelberg strategy is not recommended; empty where the margin costs nothing."""
    exact, robust, price = policies.of(Kind.STACKELBERG), policies.of(Kind.MIXTURE), policies.price_of_margin
    if exact is None or robust is None or price is None or same_worth(exact.at_best, robust.worth):
        return ""
    return (
        "If the attacker's amounts were exactly as assumed, a mixed strategy at the attacker's point of "
        f"indifference ({deployed(exact)}) would be worth {money.per_input(exact.at_best)} per input. It is "
        "not recommended: if the attacker gains only a little more than assumed, it is worth "
        f"{money.per_input(exact.guaranteed)}. The margin of {_margin(policies)} costs "
        f"{money.per_input(price)} per input."
    )


def edge_in_words(policies: Policies, money: Money) -> str:
    """The single defence that looks better, but only at the amounts assumed; empty where there is none."""
    singles = [policy for policy in policies.available if policy.kind is Kind.SINGLE]
    best = max(singles, key=lambda policy: policy.if_known, default=None)
    chosen = policies.verdict
    if best is None or best.if_known <= chosen.worth or same_worth(best.if_known, chosen.worth):
        return ""
    return (
        f"{best.single} alone, known to the attacker, would be worth {money.per_input(best.if_known)} per "
        f"input at exactly the amounts assumed, but only {money.per_input(best.guaranteed)} within the "
        f"margin: {attack_in_words(best.response)} is then no longer the attacker's only best response."
    )


def response_in_words(policies: Policies) -> str:
    """What the attacker does against the chosen policy."""
    chosen = policies.verdict
    if len(policies.game.attacks) == 1 or chosen.kind in (Kind.STOPPED, Kind.HIDDEN):
        return ""
    if chosen.share == 0:
        return "The attacker's best response is not to attack."
    return (
        f"The attacker's best response is {attack_in_words(chosen.response)}; {percent(chosen.share)} of the "
        "traffic is then adversarial."
    )


def lottery_in_words(policies: Policies, money: Money) -> str:
    """What a mixed strategy takes in operation, and the price of the best single network; else empty."""
    chosen, single = policies.verdict, policies.best_single
    if len(chosen.deploy) < 2:
        return ""
    gap = chosen.worth - single.worth
    price = "costs nothing" if same_worth(chosen.worth, single.worth) else f"costs {money.both(gap)}"
    return f"{LOTTERY.format(count=len(chosen.deploy))}{single.single} alone, known to the attacker, {price}."


def binding_in_words(policies: Policies) -> str:
    """What an announcement must be; empty where none is recommended."""
    return BINDING if policies.announces else ""
