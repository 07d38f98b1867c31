"""The search for good divisions: METIS cuts the graph of blocks many times over, the best for each aim is kept.

The cuts hang together (METIS is asked for it, and it is looked at again), are the same for the same ground and
seed, and differ by what a cut costs: how near the buildings on both sides are, how long the border is, or whether
they belong together today. A cut along a known road, railway or water costs a twentieth, so that what lies between
roads stays whole where the sizes allow it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymetis

from grids.division.blocks import Blocks

AIMS = ("equal", "compact", "steady")
UNEVEN = (15, 50, 120, 300)  # thousandths by which METIS may let parts differ
SEEDS = (1, 2, 3)
MANY = 600  # blocks: one seed and three tolerances find as good a cut of a larger graph in a tenth of the time
NEAR = 25.0  # metres at which a gap between two buildings is cut with a third of the reluctance
SCALE = 10  # METIS weighs in whole numbers
BARRIER = 0.95  # share of its reluctance that a main road takes from cutting along it
MAIN = 0.75  # from here on what parts two blocks is a main road, a railway or water


@dataclass(frozen=True)
class Task:
    """What is searched: blocks, what each weighs, where it belongs today, and how much a grid shall hold."""

    blocks: Blocks
    weights: Any
    today: Any  # block → number of today's grid, -1 for none
    least: float
    most: float
    count: int | None = None


@dataclass(frozen=True)
class Cut:
    """One way to divide: block → part, and how good it is at each aim (the smallest tuple is best)."""

    labels: Any
    scores: dict[str, tuple[float, ...]]

    @property
    def key(self) -> bytes:
        """The same for the same division, whatever its parts are called."""
        _names, first, back = np.unique(self.labels, return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[back.ravel()].tobytes()


def search(task: Task) -> list[tuple[str, Any]]:
    """(aim, labels) for up to three different divisions, the best for its aim that no earlier aim has taken."""
    found: dict[bytes, Cut] = {}
    islands = islands_of(task)
    for labels in _candidates(task, islands):
        one = Cut(labels, _scores(task, labels))
        found.setdefault(one.key, one)
    taken: list[tuple[str, Any]] = []
    for aim in AIMS:
        rest = sorted(found.items(), key=lambda item: (item[1].scores[aim], item[0]))
        if rest:
            key, one = rest[0]
            taken.append((aim, one.labels))
            del found[key]
    return taken


def islands_of(task: Task) -> list[Any]:
    """Blocks that hang together without crossing a wall or a kept grid."""
    count = len(task.weights)
    return _pieces(np.arange(count), task.blocks.pairs, np.zeros(count, dtype=int))


def _pieces(numbers: Any, pairs: Any, labels: Any) -> list[Any]:
    """The sets of `numbers` that hang together within one label."""
    at = np.full(len(labels), -1)
    at[numbers] = np.arange(len(numbers))
    inside = pairs[(at[pairs] >= 0).all(axis=1)] if len(pairs) else pairs
    inside = inside[labels[inside[:, 0]] == labels[inside[:, 1]]] if len(inside) else inside
    leader = np.arange(len(numbers))
    edges = at[inside] if len(inside) else np.zeros((0, 2), dtype=int)
    while True:
        low = np.minimum(leader[edges[:, 0]], leader[edges[:, 1]])
        new = leader.copy()
        np.minimum.at(new, edges[:, 0], low)
        np.minimum.at(new, edges[:, 1], low)
        new = new[new]
        if (new == leader).all():
            break
        leader = new
    return [numbers[leader == one] for one in np.unique(leader)]


def hangs_together(blocks: Blocks, labels: Any) -> bool:
    """Whether every part is one piece."""
    return len(_pieces(np.arange(len(labels)), blocks.pairs, labels)) == len(np.unique(labels))


def _candidates(task: Task, islands: list[Any]) -> Iterator[Any]:
    """Many divisions that hang together: today's made to fit, and METIS with every cost, tolerance and seed."""
    yield from _from_today(task)
    yield from _between_roads(task)
    tolerances, seeds = (UNEVEN[:3], SEEDS[:1]) if len(task.weights) > MANY else (UNEVEN, SEEDS)
    for level in range(3) if task.count is None else (0,):
        parts = _counts(task, islands, level)
        for cost in _costs(task):
            for uneven in tolerances:
                for seed in seeds:
                    labels = _divided(task, islands, parts, cost, uneven, seed)
                    if hangs_together(task.blocks, labels):
                        yield labels


def _between_roads(task: Task) -> Iterator[Any]:
    """Divisions that take main roads, railways and water for walls; what is too small between joins a neighbour."""
    blocks, everything = task.blocks, np.arange(len(task.weights))
    closed = blocks.barrier >= MAIN
    pieces = _pieces(everything, blocks.pairs[~closed], np.zeros_like(everything)) if closed.any() else []
    if not pieces or (task.count is not None and len(pieces) > task.count):
        return
    for level in range(3) if task.count is None else (0,):
        parts = _counts(task, pieces, level)
        for cost in _costs(task):
            for uneven in UNEVEN[:3]:
                labels = _joined_up(task, _divided(task, pieces, parts, cost, uneven, SEEDS[0]))
                if hangs_together(blocks, labels):
                    yield labels


def _counts(task: Task, islands: list[Any], level: int) -> list[int]:
    """How many parts each island becomes: as few as the standard lets, as many, or what lies between."""
    totals = np.array([task.weights[one].sum() for one in islands], dtype=float)
    rooms = np.array([max(int((task.weights[one] > 0).sum()), 1) for one in islands])
    if task.count is not None:
        return _shared(totals, rooms, task.count)
    middle = (task.least + task.most) / 2
    few, many = np.ceil(totals / task.most), np.floor(totals / max(task.least, 1))
    wanted = (np.round(totals / middle), few, many)[level]
    wanted = np.where(few > many, few if level else np.maximum(np.round(totals / middle), 1), wanted)
    return np.clip(wanted, 1, rooms).astype(int).tolist()


def _shared(totals: Any, rooms: Any, count: int) -> list[int]:
    """`count` parts over the islands, the next one always where most weight is in one part."""
    parts = np.ones(len(totals), dtype=int)
    while parts.sum() < count and (parts < rooms).any():
        parts[int(np.argmax(np.where(parts < rooms, totals / parts, -1.0)))] += 1
    return parts.tolist()


def _costs(task: Task) -> list[Any]:
    """What it costs to separate two blocks: by nearness, by length of the border, by today's grids."""
    blocks = task.blocks
    near = 1 + 100 * np.exp(-blocks.gaps / NEAR)
    long = 1 + blocks.borders
    together = (task.today[blocks.pairs[:, 0]] == task.today[blocks.pairs[:, 1]]) if len(blocks.pairs) else 0
    costs = [near, long, (1 + 40 * np.asarray(together)) * (1 + near / 20)]
    if not blocks.barrier.any():
        return costs
    return [cost * (1 - BARRIER * blocks.barrier) / (1 - BARRIER) for cost in costs]


def _divided(task: Task, islands: list[Any], parts: list[int], cost: Any, uneven: int, seed: int) -> Any:
    labels, base = np.zeros(len(task.weights), dtype=int), 0
    for numbers, count in zip(islands, parts, strict=True):
        labels[numbers] = base + _metis(task, numbers, count, cost, uneven, seed)
        base = int(labels[numbers].max()) + 1
    return labels


def _metis(task: Task, numbers: Any, count: int, cost: Any, uneven: int, seed: int) -> Any:
    """`count` connected parts of one island."""
    if count < 2 or len(numbers) <= count:
        return np.arange(len(numbers)) if count >= 2 else np.zeros(len(numbers), dtype=int)
    at = np.full(len(task.weights), -1)
    at[numbers] = np.arange(len(numbers))
    pairs = at[task.blocks.pairs]
    mine = (pairs >= 0).all(axis=1)
    ends = np.vstack([pairs[mine], pairs[mine][:, ::-1]])
    costs = np.maximum(np.round(np.tile(cost[mine], 2)), 1).astype(int)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    starts = np.r_[0, np.cumsum(np.bincount(ends[:, 0], minlength=len(numbers)))]
    weights = (task.weights[numbers] * SCALE + 1).astype(int)
    options = pymetis.Options(seed=seed, contig=1, ufactor=uneven, ncuts=3, niter=20)
    facts = {"vweights": weights.tolist(), "eweights": costs[order].tolist(), "options": options}
    found = pymetis.part_graph(count, xadj=starts.tolist(), adjncy=ends[order][:, 1].tolist(), recursive=False, **facts)
    return np.asarray(found[1])


def _from_today(task: Task) -> Iterator[Any]:
    """Today's grids as they are, and with those cut that are too large and those joined that are too small."""
    labels = _whole(task, np.where(task.today < 0, task.today.max(initial=-1) + 1, task.today))
    yield labels
    split = labels.copy()
    near = _costs(task)[0]
    for one in np.unique(labels):
        numbers = np.flatnonzero(labels == one)
        parts = int(np.ceil(task.weights[numbers].sum() / task.most)) if task.most else 1
        if parts > 1:
            split[numbers] = split.max() + 1 + _metis(task, numbers, parts, near, 50, 1)
    split = _whole(task, split)
    yield split
    yield _joined_up(task, split)


def _whole(task: Task, labels: Any) -> Any:
    """The same with each piece of a label a part of its own; pieces without weight go to a neighbour."""
    whole = np.zeros_like(labels)
    for number, members in enumerate(_pieces(np.arange(len(labels)), task.blocks.pairs, labels)):
        whole[members] = number
    return _joined_up(task, whole, below=0)


def _joined_up(task: Task, labels: Any, below: float | None = None) -> Any:
    """The smallest part that is too small joins the neighbour with which it stays smallest, until none can."""
    labels, least = labels.copy(), task.least if below is None else below
    stuck: set[int] = set()
    while True:
        sums = np.bincount(labels, task.weights)
        present = [n for n in np.unique(labels).tolist() if n not in stuck]
        small = [n for n in present if sums[n] < least or (least == 0 and sums[n] == 0)]
        if not small:
            return labels
        one = min(small, key=lambda n: (sums[n], n))
        ends = labels[task.blocks.pairs]
        beside = ends[(ends == one).any(axis=1) & (ends[:, 0] != ends[:, 1])]
        near = sorted(set(beside.ravel().tolist()) - {one}, key=lambda n: (sums[n], n))
        if not near or (sums[near[0]] + sums[one] > task.most and sums[one] > 0):
            stuck.add(one)
        else:
            labels[labels == one] = near[0]


def _scores(task: Task, labels: Any) -> dict[str, tuple[float, ...]]:
    _names, labels = np.unique(labels, return_inverse=True)
    sums = np.bincount(labels, task.weights)
    off = _off(task, sums)
    ratio = float(sums.max() / sums.min()) if len(sums) and sums.min() > 0 else 1e9
    round_ = -float(roundness(task.blocks, labels).mean()) if len(sums) else 0.0
    moved = float(task.weights.sum() - _stays(task, labels))
    crossed, followed = roads(task.blocks, labels)
    return {
        "equal": (off, round(ratio + 2 * crossed - followed, 3), round_),
        "compact": (off, round(round_ + (2 * crossed - followed) / 4, 3), ratio),
        "steady": (off, moved, 2 * crossed - followed, ratio),
    }


def roads(blocks: Blocks, labels: Any) -> tuple[float, float]:
    """Which share of the main roads (in metres) lies inside the parts, and of the borders between them along a road."""
    if not len(blocks.pairs) or not blocks.barrier.any():
        return 0.0, 0.0
    one, other = labels[blocks.pairs].T
    inside, main = one == other, blocks.barrier >= MAIN
    all_main, all_cut = blocks.borders[main].sum(), blocks.borders[~inside].sum()
    crossed = blocks.borders[main & inside].sum() / all_main if all_main else 0.0
    followed = (blocks.borders * (blocks.barrier > 0))[~inside].sum() / all_cut if all_cut else 0.0
    return float(crossed), float(followed)


def _off(task: Task, sums: Any) -> float:
    """How many parts are outside the standard; where a number of grids was asked for, how far the number is off."""
    return (
        float(abs(len(sums) - task.count))
        if task.count is not None
        else float(((sums > task.most) | (sums < task.least)).sum())
    )


def roundness(blocks: Blocks, labels: Any) -> Any:
    """Polsby–Popper of each part, from the sums of its blocks: 1 is a circle."""
    areas, outlines = np.bincount(labels, blocks.areas), np.bincount(labels, blocks.outlines)
    if len(blocks.pairs):
        one, other = labels[blocks.pairs].T
        outlines -= np.bincount(one, np.where(one == other, 2 * blocks.borders, 0), minlength=len(outlines))
    return 4 * np.pi * areas / np.maximum(outlines, 1e-9) ** 2


def _stays(task: Task, labels: Any) -> float:
    """The weight that keeps its grid when parts and today's grids are paired."""
    return sum(weight for _part, _grid, weight in paired(labels, task.today, task.weights))


def paired(labels: Any, today: Any, weights: Any) -> list[tuple[int, int, float]]:
    """(part, today's grid, common weight): each goes on as the one it shares most with, the largest share first."""
    known = today >= 0
    keys, where = np.unique(np.column_stack([labels[known], today[known]]), axis=0, return_inverse=True)
    shared = np.bincount(where.ravel(), weights[known]) if len(keys) else np.zeros(0)
    taken_part: set[int] = set()
    taken_grid: set[int] = set()
    pairs = []
    for number in np.lexsort((*(keys.T if len(keys) else ()), -shared)):
        part, grid = keys[number].tolist()
        if part not in taken_part and grid not in taken_grid:
            taken_part.add(part)
            taken_grid.add(grid)
            pairs.append((part, grid, float(shared[number])))
    return pairs
