"""Day one once more, in plain Python, written from docs/ODD.md (elements 4 and 5) alone.

The twin takes its first state from the engine; this says that the description is enough for that,
too. Loops and `math` in place of arrays; shares only cards with the engine.
"""

import math
from hashlib import blake2b
from statistics import NormalDist

from scipy.special import betaincinv, gammaincinv

WORD = (1 << 64) - 1
SLOT = 0xD1342543DE82EF95
SIZES = {  # mean pupils, SD of their log, pupils a teacher, by level
    0: (450, 0.35, 15.0), 1: (680, 0.35, 16.5), 2: (1200, 0.50, 17.5), 3: (300, 0.80, 14.0),
}  # fmt: skip
LEVEL_SHARE = (0.60, 0.17, 0.17, 0.06)
BEFORE = -1


def hashed(text):
    """First 8 bytes, little-endian, of BLAKE2b."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def mix(word):
    """SplitMix64's finaliser, after adding the golden-ratio increment."""
    word = (word + 0x9E3779B97F4A7C15) & WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & WORD
    return word ^ (word >> 31)


class Luck:
    """Draws of one seed."""

    def __init__(self, seed):
        self.seed = seed

    def u(self, stream, key, tick=0, slot=0):
        inner = mix(mix(mix(self.seed) ^ hashed(stream)) ^ (tick & WORD))
        word = mix(((key ^ inner) + slot * SLOT) & WORD)
        return ((word >> 12) + 0.5) / 2.0**52

    def z(self, stream, key, tick=0, slot=0):
        return NormalDist().inv_cdf(self.u(stream, key, tick, slot))


def clip(x, low, high):
    return min(max(x, low), high)


def mean_by(values, weights):
    return sum(v * w for v, w in zip(values, weights)) / sum(weights)


def synthetic(count, seed, mean):
    """Schools of a made-up district: a list of dicts."""
    luck, schools = Luck(seed), []
    start = luck.u("synthetic.level", hashed("start"))
    shape = 1 / 0.10 - 1
    for i in range(count):
        name = f"S{i + 1:05d}"
        key = hashed(name)
        place = (start + i * 0.6180339887498949) % 1.0
        level = sum(place >= sum(LEVEL_SHARE[: k + 1]) - 1e-15 for k in range(3))
        level = {0: 0, 1: 2}.get(i, level)
        pupils, spread, ratio = SIZES[level]
        z = luck.z("synthetic.pupils", key)
        pupils = max(10, round(pupils * math.exp(spread * z - spread**2 / 2)))
        ratio *= math.exp(0.20 * luck.z("synthetic.teachers", key))
        share = betaincinv(shape * mean, shape * (1 - mean), luck.u("synthetic.low_income", key))
        schools.append({
            "id": name, "key": key, "level": level, "pupils": pupils,
            "teachers": max(round(pupils / ratio, 1), 0.5), "low": round(float(share), 4),
        })  # fmt: skip
    return schools


def day_one(schools, seed, cards):
    """What the description says of schools, principals and teachers on day one.

    cards  {mechanism: namespace} of numbers
    """
    luck, p = Luck(seed), cards["population"]
    hiring, learning, premises = cards["hiring"], cards["learning"], cards["premises"]
    posts = [max(1, round(s["teachers"])) for s in schools]
    low = [s["low"] for s in schools]
    by_posts, by_pupils = mean_by(low, posts), mean_by(low, [s["pupils"] for s in schools])
    pulls = [math.exp(-hiring.poverty_slope * (each - by_posts)) for each in low]
    order = sorted(range(len(schools)), key=lambda i: low[i])
    total, before = sum(s["pupils"] for s in schools), 0
    for i in order:
        middle = (before + schools[i]["pupils"] / 2) / total
        schools[i]["quartile"] = 1 + math.floor(4 * middle)
        before += schools[i]["pupils"]
    harm = -premises.policy_harm - premises.practice_harm
    effects = (learning.mathematics_effect, learning.ela_effect, learning.science_effect)
    teachers, principals = [], []
    for s, number, pull in zip(schools, posts, pulls):
        s["assistants"] = p.assistants_per_post * number
        s["pull"] = pull / mean_by(pulls, posts)
        s["scores"] = scores(luck, s, s["low"] - by_pupils, harm, effects, p, learning)
        principals.append(principal(luck, s, p, learning))
        for j in range(number):
            teachers.append(teacher(luck, s, j, number, by_posts, p, hiring))
    return posts, principals, teachers


def scores(luck, s, lead, harm, effects, p, learning):
    """By subject: base score and score of low-income pupils and others, and the measured mean."""
    spread = p.school_score_spread * luck.z("population.score", s["key"], BEFORE)
    place = -p.school_poverty_slope * lead + spread
    found = []
    for subject, effect in enumerate(effects):
        response = effect * harm / (1 - learning.persistence)
        poor, other = place - p.income_gap / 2, place + p.income_gap / 2
        seen = s["low"] * poor + (1 - s["low"]) * other
        z1 = luck.z("learning.pupils", s["key"], BEFORE, subject)
        z2 = luck.z("learning.day", s["key"], BEFORE, subject)
        seen += learning.pupil_error / math.sqrt(s["pupils"]) * z1 + learning.school_error * z2
        found.append((poor - response, other, poor, other, seen))
    return found


def principal(luck, s, p, learning):
    key = hashed(f"{s['id']}/principal")
    z = luck.z("population.leadership", key, BEFORE)
    years = math.floor(-p.principal_years * math.log(luck.u("population.principal_years", key, -1)))
    error = learning.rating_error * luck.z("learning.rating", key, BEFORE)
    rating = clip(3 + 0.6 * (z + error), 1, 5)
    return {"key": key, "leadership": z, "experience": years, "rating": rating,
            "need": clip(1.5 - z, 0.2, 4)}  # fmt: skip


def teacher(luck, s, j, posts, by_posts, p, hiring):
    key = mix((s["key"] + j * SLOT) & WORD)
    own = math.sqrt(1 - p.school_share - p.subject_share)
    school = luck.z("population.school_quality", s["key"], BEFORE)
    person = luck.z("population.skill", key, BEFORE)
    skill = [
        math.sqrt(p.school_share) * school
        + own * person
        + math.sqrt(p.subject_share) * luck.z("population.subject", key, BEFORE, subject)
        for subject in range(3)
    ]
    teaches = [0.4, 0.4, 0.2]
    if s["level"] in (1, 2) and posts >= 8:
        teaches = [float(j % 4 == subject) for subject in range(3)]
    scale = p.experience_scale * math.exp(-p.experience_by_poverty * (s["low"] - by_posts))
    u = luck.u("population.experience", key, BEFORE)
    years = min(math.floor(scale * gammaincinv(p.experience_shape, u)), p.longest)
    color = luck.u("population.of_color", key, BEFORE) < hiring.start_of_color
    return {"key": key, "skill": skill, "floor": [x - hiring.upkeep_gap for x in skill],
            "teaches": teaches, "experience": years, "of_color": color}  # fmt: skip


def desks(schools, office, caseload, p):
    """Roles of the central office in order, and the leader of each unit's people by row."""
    number = len(schools)
    small = number < p.small_below
    leaders = 1 if small else 2 if number < p.deputy_from else 3
    roles = ["superintendent", *(["deputy"] if leaders == 3 else [])]
    roles += ["chief_academic_officer"] if leaders > 1 else []
    others = max(2, round(office["administrators"] + office["support"]) - leaders)
    partners = max(1, round(p.hr_share * others))
    roles += ["specialist"] * max(1, round(office["coordinators"]))
    roles += ["hr_partner"] * partners + ["operations"] * max(1, others - partners)
    roles += ["equity_officer"] * (number >= p.equity_from)
    roles += ["ild"] * (0 if small else max(1, math.ceil(number / caseload)))
    return roles


def staff(roles, seed, cards, levers):
    """People of the office: appropriation of the five ideas, willingness, habit, skill."""
    luck, p, count, found = Luck(seed), cards["population"], {}, []
    supervises = "ild" if "ild" in roles else "superintendent"
    for role in roles:
        key = hashed(f"{role}/{count.get(role, 0)}")
        count[role] = count.get(role, 0) + 1
        leads = role in ("superintendent", "deputy", "chief_academic_officer")
        mean = levers["leader_knowledge"] if leads else p.appropriation
        found.append({
            "key": key,
            "appropriation": [
                clip(mean + p.appropriation_spread
                     * luck.z("population.appropriation", key, BEFORE, idea), 0, 4)
                for idea in range(5)
            ],
            "willingness": 0.2 + 0.8 * luck.u("population.willingness", key, BEFORE),
            "habit": levers["leader_hours"] if leads else 0.0,
            "skill": luck.z("population.supervisor_skill", key, BEFORE)
            if role == supervises else 0.0,
        })  # fmt: skip
    return found
