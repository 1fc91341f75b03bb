"""A rubric that several tests grade by, as text and as a value."""

from __future__ import annotations

from answerbot.domain.rubric import parse_rubric

CLIPPING_TEXT = """\
id: clipping
title: Gradient clipping
questions: [bank/1]
pass: 60
cap: 50
criteria:
  - id: what
    points: 4
    essential: true
    states: |
      Gradients of a large norm are scaled down
      to a threshold.
    partial: Gradients are limited somehow.
  - id: why
    points: 4
    states: It keeps one huge update from wrecking the weights.
    levels:
      - points: 1
        states: Training gets better.
      - points: 3
        states: Training gets more stable.
  - id: when
    points: 2
    states: It happens between the backward pass and the update.
    accepts: [before the optimizer's step]
    rejects: [during training]
    cues:
      - [backward pass, backpropagation]
      - [update, optimizer]
misconceptions:
  - id: cure
    points: -2
    states: Clipping cures vanishing gradients.
exemplars:
  - id: full
    answer: |
      A gradient above a norm is shrunk to it after backprop and before the step, so that no single
      batch throws the parameters far off.
    verdicts: {what: met, why: met, when: met, cure: absent}
  - id: partly
    answer: Gradients are limited, which makes training stable.
    verdicts: {what: partial, why: level_2, when: not_met, cure: absent}
  - id: mistaken
    answer: It makes tiny gradients larger, so that they no longer vanish.
    verdicts: {what: not_met, why: not_met, when: not_met, cure: present}
  - id: parroted
    answer: Gradient clipping is an important technique in which gradients are clipped.
    verdicts: {what: not_met, why: not_met, when: not_met, cure: absent}
"""

CLIPPING = parse_rubric(CLIPPING_TEXT, "clipping.yaml")
