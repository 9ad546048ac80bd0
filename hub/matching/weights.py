"""What each level weighs: m and u, estimated by `python -m tests.matching.estimate`; see docs/matching.md.

m: of pairs of records about one person, the share that gives the level; u: of pairs about two people, the share that
does. The weight of a level is log2(m / u), in bits: that much likelier is the pair to be one person.
"""

from math import log2
from typing import Final

M_AND_U: Final[dict[str, tuple[float, float]]] = {
    "beside:other": (0.313, 1.0),
    "beside:same": (0.687, 0.000325),
    "born:about": (0.0572, 0.00747),
    "born:differ": (0.0207, 0.968),
    "born:month": (0.0177, 4.72e-05),
    "born:one_year": (0.0209, 0.0217),
    "born:same": (0.787, 3.86e-05),
    "born:slip": (0.0434, 0.00174),
    "born:turned": (0.0143, 2.14e-05),
    "born:year": (0.0385, 0.00108),
    "email:other": (0.505, 1.0),
    "email:same": (0.495, 6.04e-05),
    "family:differ": (0.0903, 0.981),
    "family:like": (0.0106, 0.000875),
    "family:near": (0.126, 0.0069),
    "family:part": (0.218, 0.00161),
    "family:same": (0.556, 0.0101),
    "given:differ": (0.0472, 0.984),
    "given:initial": (0.0169, 0.00121),
    "given:like": (0.0124, 0.00108),
    "given:middle": (0.00815, 0.00222),
    "given:near": (0.102, 0.00279),
    "given:same": (0.754, 0.00702),
    "given:short": (0.0376, 0.00181),
    "names:turned": (0.0226, 1e-05),
    "number:differ": (0.001, 0.534),
    "number:other": (0.0139, 0.466),
    "number:same": (0.398, 1e-05),
    "number:slip": (0.0511, 1e-05),
    "number:traced": (0.537, 1e-05),
    "phone:other": (0.506, 1.0),
    "phone:same": (0.494, 6.05e-05),
    "place:moved": (0.298, 0.875),
    "place:near": (0.0426, 0.112),
    "place:same": (0.591, 0.00011),
    "place:town": (0.069, 0.0121),
    "sex:differ": (0.00995, 0.495),
    "sex:same": (0.99, 0.505),
}
WEIGHTS: Final = {level: log2(m / u) for level, (m, u) in M_AND_U.items()}
