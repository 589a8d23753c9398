"""The whole road, told once: published figures in, a defensible decision out."""

import advgame as ag


def test_from_published_figures_to_a_decision_that_can_be_defended(tmp_path) -> None:
    # A team runs a CIFAR-10 classifier. Its plain network is right on 94.78 % of benign inputs and on
    # none that AutoAttack made; the trained one on 85.34 % and 53.42 %.
    scenario = ag.case("cifar10-two-defences")
    assert [row.accuracy for row in scenario.measurements] == [0.9478, 0.0, 0.8534, 0.5342]

    # Up to 30 % of the traffic may be adversarial, and an attacked input costs 0.6 of a success.
    game = ag.build_game(scenario)
    solution = ag.solve(game, concept="nash")
    profile = solution.recommended

    # Neither deploying always nor never is stable: the defender draws lots, and so does the attacker,
    # so that the expected adversarial share is exactly the break-even share.
    assert [round(share, 5) for share in profile.defender] == [0.25122, 0.74878]
    assert [round(share, 5) for share in profile.attacker] == [0.49942, 0.50058]
    even = ag.break_even_share(scenario, "Standard", "Rice2020Overfitting")
    assert round(even.share, 5) == 0.15017
    assert abs(0.3 * profile.attacker[1] - even.share) < 1e-12
    assert solution.complete
    assert profile.certificate.regret < 2e-9

    # nashpy, the reference, agrees.
    theirs = ag.solve(game, concept="nashpy_support_enumeration").recommended
    assert abs(theirs.defender - profile.defender).max() < 1e-9

    # What would change the answer: the largest share first of all.
    (share,) = ag.thresholds(scenario, parameters=["largest_share"])
    assert round(share.below, 5) == 0.15017

    # Announced in advance, defending pays from a lower share on.
    announced = ag.set_parameter(scenario, "announced", True)
    (share,) = ag.thresholds(announced, parameters=["largest_share"])
    assert round(share.below, 5) == 0.07458

    # So it is better not to keep the defence secret. A little more of the trained network than makes the
    # attacker indifferent deters it even if its rewards are 5 % higher and its costs 5 % lower than assumed.
    table = ag.policies(scenario)
    assert table.announces
    assert round(table.price_of_secrecy, 4) == -0.0616
    assert round(dict(table.verdict.deploy)["Rice2020Overfitting"], 3) == 0.856

    # The product owner signs a page that says so in its first line, and can be followed back to its inputs.
    report = ag.report(scenario)
    assert report.verdict.startswith("Announce the defence: adversarially trained network for 86 % of inputs")
    page = report.save(tmp_path / "decision.html").read_text(encoding="utf-8")
    assert report.verdict in page.replace("\N{NO-BREAK SPACE}", " ")
    assert report.inputs_sha256 in page
