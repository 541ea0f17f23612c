"""School statistics: figures that real and simulated schools are compared by, worked out alike.

A table of schools is a dict of arrays, one entry a school: `district` (row of its district),
`pupils`, `teachers` (counts), `low_income` (share), and shares of teachers or scores. Figures are
of differences within districts, so that districts may differ as they like.
"""

import numpy as np


def quartiles(table):
    """Fourth of each district's pupils that each school belongs to by low income, 1 to 4."""
    found = np.empty(len(table["district"]), dtype=int)
    for rows in _districts(table):
        order = rows[np.argsort(table["low_income"][rows], kind="stable")]
        pupils = table["pupils"][order]
        middle = (np.cumsum(pupils) - pupils / 2.0) / pupils.sum()
        found[order] = 1 + np.floor(4.0 * middle).astype(int)
    return found


def _districts(table):
    return [np.flatnonzero(table["district"] == d) for d in np.unique(table["district"])]


def share(table, name):
    """Share of all teachers."""
    return float(np.average(table[name], weights=table["teachers"]))


def share_in(table, name, quartile):
    """Share of the teachers in schools of a poverty quartile."""
    chosen = quartiles(table) == quartile
    return float(np.average(table[name][chosen], weights=table["teachers"][chosen]))


def poor_less_rich(table, name):
    """Share of teachers in the poorest quartile less that in the richest."""
    return share_in(table, name, 4) - share_in(table, name, 1)


def _within(table, name, weights=None):
    """Values less their district's mean."""
    values, found = table[name], np.empty(len(table["district"]))
    for rows in _districts(table):
        weight = None if weights is None else weights[rows]
        found[rows] = values[rows] - np.average(values[rows], weights=weight)
    return found


def _variances(table, name):
    """Variance of a share of teachers between schools of a district: as seen, and the part that
    binomial chance at the schools' sizes makes."""
    seen, chance, freedom = 0.0, 0.0, 0
    for rows in _districts(table):
        values, teachers = table[name][rows], table["teachers"][rows]
        if len(rows) < 2:
            continue
        mean = np.average(values, weights=teachers)
        seen += ((values - values.mean()) ** 2).sum()
        chance += (mean * (1.0 - mean) / teachers).mean() * (len(rows) - 1)
        freedom += len(rows) - 1
    return seen / freedom, chance / freedom


def lasting_spread(table, name):
    """SD between schools of a district of the chance behind a share of teachers: what binomial
    chance at the schools' sizes does not explain; 0 where it explains all."""
    seen, chance = _variances(table, name)
    return float(np.sqrt(max(0.0, seen - chance)))


def lasting_part(table, name):
    """Part of the variance of a share between schools of a district that binomial chance does not
    explain: how much two years of it could correlate at most if schools never changed."""
    seen, chance = _variances(table, name)
    return float(1.0 - chance / seen)


def correlation(table, one, other):
    """Correlation over schools, within districts."""
    return float(np.corrcoef(_within(table, one), _within(table, other))[0, 1])


def slope(table, name, on):
    """Slope of one on another over schools, within districts, weighted by pupils."""
    pupils = table["pupils"]
    x, y = _within(table, on, pupils), _within(table, name, pupils)
    return float((pupils * x * y).sum() / (pupils * x * x).sum())


def between(table, name):
    """Variance of schools' means within districts, weighted by pupils; in SD of pupils, whose
    variance is 1, the share of it that lies between the schools of a district."""
    pupils = table["pupils"]
    return float(np.average(_within(table, name, pupils) ** 2, weights=pupils))


def over_chance(rates, people):
    """Variance of a rate over districts against binomial chance: 1 if chance explains it all.

    sum of people * (rate - mean)^2 / (mean * (1 - mean) * (districts - 1)), mean over people
    """
    mean = np.average(rates, weights=people)
    spread = (people * (rates - mean) ** 2).sum()
    return float(spread / (mean * (1.0 - mean) * (len(rates) - 1)))


def variance_parts(score, classroom, school):
    """Shares of the variance of pupils' scores that lie between schools, and between classrooms of
    a school, from products of pairs of pupils (so that small groups do not bias them).

    score             pupils' scores, (pupils,)
    classroom, school  whole numbers; classrooms are numbered over all schools
    returns           between schools, between classrooms
    """
    z = (score - score.mean()) / score.std()
    _, home = np.unique(school, return_inverse=True)
    _, room = np.unique(classroom, return_inverse=True)
    number, total = np.bincount(room), np.bincount(room, z)
    pairs, products = number * (number - 1.0), total**2 - np.bincount(room, z * z)
    together = products.sum() / pairs.sum()
    of_room = np.zeros(len(number), dtype=int)
    of_room[room] = home
    apart = np.bincount(home) ** 2.0 - np.bincount(of_room, number**2.0)
    products = np.bincount(home, z) ** 2 - np.bincount(of_room, total**2)
    schools = products[apart > 0].sum() / apart[apart > 0].sum()
    return float(schools), float(together - schools)


def jackknife(figure, groups):
    """Value of a figure and its standard error by leaving out one group at a time.

    figure  function of the groups that are kept (an array of them); returns a number
    groups  names of the groups, such as districts
    """
    names = np.unique(groups)
    values = np.array([figure(names[names != left]) for left in names])
    number = len(names)
    error = np.sqrt((number - 1.0) / number * ((values - values.mean()) ** 2).sum())
    return figure(names), float(error)


def kept(table, districts):
    """The table's rows of these districts."""
    chosen = np.isin(table["district"], districts)
    return {name: values[chosen] for name, values in table.items()}
