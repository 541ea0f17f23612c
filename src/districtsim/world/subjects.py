"""Subjects: how an hour with outsiders is split over what a post teaches."""

import numpy as np

from districtsim.world.state import SUBJECTS


def subject_shares(subject, teaches):
    """Share of an hour that goes to each subject, (subjects, teachers).

    "all": as the post `teaches`; a subject: 1 there if the post teaches it, 0 elsewhere.

    subject  one for all, or of each teacher, (teachers,)
    teaches  share of the post's teaching in each subject, (subjects, teachers)
    """
    asked = np.asarray(subject)
    named = np.array([asked == name for name in SUBJECTS])
    if named.ndim == 1:
        named = named[:, None]
    return np.where(asked == "all", teaches, named & (teaches > 0.0))
