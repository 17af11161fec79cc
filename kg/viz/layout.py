"""Where things stand on the page: positions in pixels, computed here so that the browser need not.

Comes in: the room that each thing takes and what is joined to what. Goes out: one (x, y) a thing. Seeded, and free of
set order: the same graph gives the same picture.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import rustworkx as rx

LENGTH = 110.0  # pixels, the length wanted of an edge
COLUMN = 210.0  # pixels between two columns of the reading direction
ROOMY = 2.4  # times that length for links with words on them
EXACT = 130  # things in a part, up to which stress is minimised exactly; springs above
CELL = 150.0  # pixels of room for each thing of a large part
GAP = 50.0  # pixels between two parts that are not joined
ASPECT = 0.95  # width to height of the room for drawing
SCREEN = 650.0  # pixels, the height of the room for drawing on a usual screen
NEAR = 0.71  # the scale from which on boxes hold their labels at reading size
TRIES = ((1.3, 1.0), (2.0, 0.8), (0.9, 1.0), (2.8, 0.8))  # see `_finished`; the first alone for large graphs


@dataclass(frozen=True, slots=True)
class Box:
    """The room that a thing takes with its label, and where it likes to stand from left (0) to right (4)."""

    width: float
    height: float
    column: float


def place(
    boxes: Sequence[Box],
    links: Sequence[tuple[int, int]],
    *,
    roomy: Collection[tuple[int, int]] = (),
    care: int = 4,
    seed: int = 7,
) -> list[tuple[int, int]]:
    """One position a box: joined ones near each other, causes left of effects, labels clear of each other.

    `roomy` are the links that should be long enough to write on; `care` says how many pictures are tried (1 to 4).
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(len(boxes)))
    long = {(min(pair), max(pair)) for pair in roomy}
    for pair in sorted({(min(pair), max(pair)) for pair in links if pair[0] != pair[1]}):
        graph.add_edge(*pair, length=ROOMY if pair in long else 1.0)
    parts = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda part: (-len(part), part[0]))
    rough = [(part, _part(graph, part, [boxes[i].column for i in part], seed, care)) for part in parts]
    tries = TRIES[:care] if len(boxes) <= EXACT else TRIES[:1]
    where = min((_finished(rough, boxes, shape) for shape in tries), key=_extent)
    return [(round(x), round(y)) for x, y in where.tolist()]


def _part(graph: nx.Graph, part: list[int], columns: list[float], seed: int, starts: int) -> np.ndarray:
    """Positions for one connected part, without regard to labels."""
    if len(part) == 1:
        return np.zeros((1, 2))
    wanted = np.array(columns) * COLUMN
    index = {node: i for i, node in enumerate(part)}
    if len(part) > EXACT:
        pairs = sorted((min(index[a], index[b]), max(index[a], index[b])) for a, b in graph.subgraph(part).edges())
        return _springs(len(part), pairs, wanted, seed)
    weighted = rx.PyGraph()
    weighted.add_nodes_from(part)
    weighted.add_edges_from(
        [(index[a], index[b], length) for a, b, length in graph.subgraph(part).edges(data="length")]
    )
    distance = rx.graph_floyd_warshall_numpy(weighted, weight_fn=float)
    return _stress(distance * LENGTH, wanted, seed, starts=starts)


def _finished(
    rough: list[tuple[list[int], np.ndarray]], boxes: Sequence[Box], shape: tuple[float, float]
) -> np.ndarray:
    """The parts brought to a shape, their labels cleared, side by side; in the end drawn out to fill a screen.

    `shape` is the width to height that a part gets before its labels are cleared, and by how much it is shrunk.
    """
    placed = []
    for part, inner in rough:
        wide, tall = np.maximum(inner.max(0) - inner.min(0), 1.0)
        stretch = np.array((min(4.0, max(1.0, shape[0] * tall / wide)), 1.0)) * shape[1]
        placed.append((part, _tight(inner * stretch, [boxes[i] for i in part])))
    where = _pack(placed, boxes)
    if not len(boxes):
        return where
    where = _filling(where)
    return _filling(_enlarged(where, boxes)) if len(boxes) <= EXACT else where


def _filling(where: np.ndarray) -> np.ndarray:
    """The picture drawn out, sideways or down, to the shape of a screen."""
    wide, tall = np.maximum(where.max(0) - where.min(0), 1.0)
    return where * (min(1.8, max(1.0, ASPECT * tall / wide)), min(1.8, max(1.0, wide / ASPECT / tall)))


def _enlarged(where: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """Room for labels that are drawn larger than planned, because the whole is looked at from farther away."""
    for _ in range(4):
        larger = min(1.5, NEAR * _extent(where) / SCREEN)
        if larger <= 1.02:
            break
        where, _ = _clear(where, [Box(box.width * larger, box.height * larger, box.column) for box in boxes], rounds=60)
    return where


def _extent(where: np.ndarray) -> float:
    """How far one has to stand back to see all of it."""
    wide, tall = where.max(0) - where.min(0) if len(where) else (0.0, 0.0)
    return round(max(wide / ASPECT, tall), 3)


def _stress(distance: np.ndarray, columns: np.ndarray, seed: int, *, starts: int, rounds: int = 60) -> np.ndarray:
    """Stress majorization (Gansner, Koren, North 2004, https://doi.org/10.1007/978-3-540-31843-9_25), with a pull of
    every x towards its column; the best of a few seeded starts."""
    size = len(distance)
    weight = np.divide(1.0, distance**2, out=np.zeros_like(distance), where=distance > 0)
    laplacian = np.diag(weight.sum(1)) - weight
    pull = 0.35 * np.trace(laplacian) / size
    solve_x = np.linalg.inv(laplacian + pull * np.eye(size))
    solve_y = np.linalg.pinv(laplacian)
    best, least = np.zeros((size, 2)), np.inf
    for start in range(starts):
        random = np.random.default_rng(seed + start)
        where = np.column_stack([columns, np.zeros(size)]) + random.normal(0, LENGTH * 2, (size, 2))
        for _ in range(rounds):
            apart = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1))
            pulls = -np.divide(weight * distance, apart, out=np.zeros_like(apart), where=apart > 1e-9)
            np.fill_diagonal(pulls, 0)
            np.fill_diagonal(pulls, -pulls.sum(1))
            where = np.column_stack([solve_x @ (pulls @ where[:, 0] + pull * columns), solve_y @ (pulls @ where[:, 1])])
        apart = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1))
        stress = float((weight * (apart - distance) ** 2).sum())
        if stress < least - 1e-9:
            best, least = where, stress
    return best


def _springs(size: int, pairs: list[tuple[int, int]], columns: np.ndarray, seed: int) -> np.ndarray:
    """A spring layout for parts too large for exact stress, turned so that the columns run from left to right."""
    graph = rx.PyGraph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from_no_data(pairs)
    found = rx.spring_layout(graph, seed=seed, num_iter=120 if size <= 800 else 60, k=2.2 / np.sqrt(size))
    where = np.array([found[i] for i in range(size)])
    where -= where.mean(0)
    direction = (where * (columns - columns.mean())[:, None]).sum(0)
    turn = np.arctan2(direction[1], direction[0])
    return where @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])


def _tight(where: np.ndarray, boxes: list[Box]) -> np.ndarray:
    """Labels cleared, then the empty room between them squeezed out, as far as labels stay clear.

    Large parts are only kept from covering each other's shapes: their labels show when one comes closer.
    """
    if len(boxes) > EXACT:
        wide, tall = np.maximum(where.max(0) - where.min(0), 1.0)
        where = where * (len(boxes) * CELL**2 / (wide * tall)) ** 0.5
        return _clear(
            where, [Box(CELL / 3, CELL / 3, box.column) for box in boxes], rounds=25 if len(boxes) <= 800 else 6
        )[0]
    where, clear = _clear(where, boxes, rounds=120)
    for _ in range(24):
        if not clear or _extent(where) < SCREEN * 0.7:
            break
        tighter, clear = _clear(where * 0.95, boxes, rounds=30)
        if not clear or _extent(tighter) > _extent(where) - 1:
            break
        where = tighter
    return where


def _clear(where: np.ndarray, boxes: list[Box], *, rounds: int) -> tuple[np.ndarray, bool]:
    """The same picture with overlapping boxes pushed apart along the shorter way, and whether all are apart."""
    width = np.array([box.width for box in boxes])
    height = np.array([box.height for box in boxes])
    need = np.stack([(width[:, None] + width) / 2, (height[:, None] + height) / 2])
    where = where.copy()
    upper = np.triu(np.ones((len(boxes), len(boxes)), bool), 1)
    for _ in range(rounds):
        delta = (where[None] - where[:, None]).transpose(2, 0, 1)
        over = need - np.abs(delta)
        first, second = np.nonzero(upper & (over > 0.5).all(0))
        if not len(first):
            return where, True
        over, delta = over[:, first, second], delta[:, first, second]
        axis = (over[1] < over[0]).astype(int)
        rows = np.arange(len(first))
        push = over[axis, rows] * np.where(delta[axis, rows] < 0, -1, 1) * 0.28
        np.add.at(where, (second, axis), push)
        np.add.at(where, (first, axis), -push)
    return where, False


def _pack(placed: list[tuple[list[int], np.ndarray]], boxes: Sequence[Box]) -> np.ndarray:
    """All parts in one frame, the largest first, in that width that makes the whole fit a screen best."""
    frames = []
    for part, inner in placed:
        half = np.array([[boxes[i].width / 2, boxes[i].height / 2] for i in part])
        low, high = (inner - half).min(0), (inner + half).max(0)
        frames.append((part, inner - low, (float((high - low)[0]), float((high - low)[1]))))
    frames.sort(key=lambda frame: (-frame[2][0] * frame[2][1], frame[0][0]))
    where = np.zeros((len(boxes), 2))
    if not frames:
        return where
    sizes = [size for _, _, size in frames]
    widest = max(size[0] for size in sizes)
    spare = sum((size[0] + GAP) * (size[1] + GAP) for size in sizes) ** 0.5
    steps = 7 if len(sizes) < 80 else 2
    packed = (_skyline(sizes, max(widest, spare * ASPECT * (0.7 + step / 6))) for step in range(steps))
    corners = min(
        packed,
        key=lambda found: max(
            _right(sizes, found) / ASPECT, max(y + size[1] for (_, y), size in zip(found, sizes, strict=True))
        ),
    )
    right = _right(sizes, corners)
    for i, (part, inner, (width, height)) in enumerate(frames):
        x, y = corners[i]
        beside = any(
            other != i
            and corners[other][0] > x
            and corners[other][1] < y + height
            and y < corners[other][1] + sizes[other][1]
            for other in range(len(frames))
        )
        drawn_out = 1.0 if beside else min(1.9, (right - x) / width)  # nothing stands right of it
        where[part] = inner * (drawn_out, 1.0) + (x, y)
    return where - (where.min(0) + where.max(0)) / 2


def _right(sizes: list[tuple[float, float]], corners: list[tuple[float, float]]) -> float:
    return max(x + size[0] for (x, _), size in zip(corners, sizes, strict=True))


def _skyline(sizes: list[tuple[float, float]], limit: float) -> list[tuple[float, float]]:
    """The upper left corner of each frame: one after the other as high up, then as far left, as it fits."""
    corners: list[tuple[float, float]] = []
    for width, _ in sizes:
        best = None
        for x in sorted({0.0, *(corner[0] + size[0] + GAP for corner, size in zip(corners, sizes, strict=False))}):
            if x and x + width > limit:
                break
            y = max(
                (
                    corner[1] + size[1] + GAP
                    for corner, size in zip(corners, sizes, strict=False)
                    if corner[0] < x + width + GAP and x < corner[0] + size[0] + GAP
                ),
                default=0.0,
            )
            if best is None or y < best[1]:
                best = (x, y)
        corners.append(best or (0.0, 0.0))
    return corners
