"""Where things stand on the page: positions in pixels, computed here so that the browser need not.

Comes in: the room that each thing takes and what is joined to what. Goes out: one (x, y) a thing. Seeded, and free of
set order: the same graph gives the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import rustworkx as rx

LENGTH = 155.0  # pixels, the length wanted of an edge
COLUMN = 235.0  # pixels between two columns of the reading direction
EXACT = 220  # things in a part, up to which stress is minimised exactly; springs above
GAP = 70.0  # pixels between two parts that are not joined
ASPECT = 1.15  # width to height of the whole


@dataclass(frozen=True, slots=True)
class Box:
    """The room that a thing takes with its label, and where it likes to stand from left (0) to right (4)."""

    width: float
    height: float
    column: float


def place(boxes: Sequence[Box], links: Sequence[tuple[int, int]], *, seed: int = 7) -> list[tuple[int, int]]:
    """One position a box: joined ones near each other, causes left of effects, labels clear of each other."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(boxes)))
    graph.add_edges_from(sorted({(min(pair), max(pair)) for pair in links if pair[0] != pair[1]}))
    parts = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda part: (-len(part), part[0]))
    placed = [(part, _part(graph, part, [boxes[i] for i in part], seed)) for part in parts]
    where = _pack(placed, boxes)
    return [(round(x), round(y)) for x, y in where.tolist()]


def _part(graph: nx.Graph, part: list[int], boxes: list[Box], seed: int) -> np.ndarray:
    if len(part) == 1:
        return np.zeros((1, 2))
    columns = np.array([box.column for box in boxes]) * COLUMN
    index = {node: i for i, node in enumerate(part)}
    pairs = [(index[a], index[b]) for a, b in graph.subgraph(part).edges()]
    pairs = sorted((min(pair), max(pair)) for pair in pairs)
    if len(part) <= EXACT:
        distance = np.zeros((len(part), len(part)))
        for source, lengths in nx.all_pairs_shortest_path_length(graph.subgraph(part)):
            for target, steps in lengths.items():
                distance[index[source], index[target]] = steps
        where = _stress(distance * LENGTH, columns, seed)
    else:
        where = _springs(len(part), pairs, columns, seed)
    return _part_labels(where, boxes)


def _stress(distance: np.ndarray, columns: np.ndarray, seed: int, *, starts: int = 4, rounds: int = 90) -> np.ndarray:
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
    found = rx.spring_layout(graph, seed=seed, num_iter=120, k=2.2 / np.sqrt(size))
    where = np.array([found[i] for i in range(size)])
    where -= where.mean(0)
    direction = (where * (columns - columns.mean())[:, None]).sum(0)
    turn = np.arctan2(direction[1], direction[0])
    where = where @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    lengths = [np.hypot(*(where[a] - where[b])) for a, b in pairs]
    return where * (LENGTH * 1.1 / max(1e-9, float(np.median(lengths))))


def _part_labels(where: np.ndarray, boxes: list[Box]) -> np.ndarray:
    """The same picture with overlapping boxes pushed apart along the shorter way."""
    width = np.array([box.width for box in boxes])
    height = np.array([box.height for box in boxes])
    need = np.stack([(width[:, None] + width) / 2, (height[:, None] + height) / 2])
    rounds = 120 if len(boxes) <= 700 else 12
    where = where.copy()
    upper = np.triu(np.ones((len(boxes), len(boxes)), bool), 1)
    for _ in range(rounds):
        delta = (where[None] - where[:, None]).transpose(2, 0, 1)
        over = need - np.abs(delta)
        first, second = np.nonzero(upper & (over > 0.5).all(0))
        if not len(first):
            break
        over, delta = over[:, first, second], delta[:, first, second]
        axis = (over[1] < over[0]).astype(int)
        rows = np.arange(len(first))
        push = over[axis, rows] * np.where(delta[axis, rows] < 0, -1, 1) * 0.28
        np.add.at(where, (second, axis), push)
        np.add.at(where, (first, axis), -push)
    return where


def _pack(placed: list[tuple[list[int], np.ndarray]], boxes: Sequence[Box]) -> np.ndarray:
    """All parts on shelves, the largest first; the whole about as wide as a screen."""
    where = np.zeros((len(boxes), 2))
    frames = []
    for part, inner in placed:
        half = np.array([[boxes[i].width / 2, boxes[i].height / 2] for i in part])
        low, high = (inner - half).min(0), (inner + half).max(0)
        frames.append((part, inner - low, high - low))
    if not frames:
        return where
    area = sum(float((size[0] + GAP) * (size[1] + GAP)) for _, _, size in frames)
    limit = max(float(frames[0][2][0]), float(np.sqrt(area * ASPECT)))
    x = y = shelf = 0.0
    for part, inner, size in frames:
        if x and x + size[0] > limit:
            x, y, shelf = 0.0, y + shelf + GAP, 0.0
        where[part] = inner + (x, y)
        x, shelf = x + size[0] + GAP, max(shelf, float(size[1]))
    return where - (where.min(0) + where.max(0)) / 2
