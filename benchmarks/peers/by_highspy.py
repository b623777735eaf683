"""Raw highspy: arrays in, labelled values out."""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np
import pandas as pd
from coefficients import Answer, Change, Tables, Vector
from scipy import sparse

ZERO = 1e-7  # a reduced cost or dual up to here is none


def solve(tables: Tables) -> Answer:
    """The first optimum that HiGHS finds."""
    engine = loaded(tables)
    engine.run()
    return answer(engine, tables)


def staged(tables: Tables) -> Answer:
    """The canonical plan: each stage on the face of those before it, first linear costs, then sums of squares."""
    engine, every = loaded(tables), np.arange(len(tables.columns), dtype=np.int32)
    engine.run()
    best = float(engine.getObjectiveValue())
    low, high = (tables.columns[name].to_numpy(copy=True) for name in ("lower", "upper"))
    rows = np.array([tables.rows["lower"], tables.rows["upper"]])
    for name in (name for name in tables.stages if name.startswith("least")):
        hold(engine, low, high, rows)
        engine.changeObjectiveSense(highspy.ObjSense.kMinimize)
        engine.changeColsCost(len(every), every, tables.stages[name].to_numpy())
        engine.run()
    hold(engine, low, high, rows)
    x = np.array(engine.getSolution().col_value)
    for name in (name for name in tables.stages if name.startswith("weight")):
        weight, target = tables.stages[name].to_numpy(), tables.stages[name.replace("weight", "target")].to_numpy()
        x = least_squares(tables, x, (low, high, rows), weight, target)
        low, high = (np.where(weight > 0, x, bound) for bound in (low, high))
    return Answer(best, pd.Series(x, index=tables.columns["name"]))


def hold(engine: highspy.Highs, low: Vector, high: Vector, rows: Vector) -> None:
    """Keep to the optimal face of the last run: columns with a reduced cost and rows with a dual stay."""
    found = engine.getSolution()
    columns, sides = (np.flatnonzero(np.abs(dual) > ZERO) for dual in (found.col_dual, found.row_dual))
    low[columns] = high[columns] = np.array(found.col_value)[columns]
    rows[:, sides] = np.array(found.row_value)[sides]
    engine.changeColsBounds(len(columns), columns.astype(np.int32), low[columns], high[columns])
    engine.changeRowsBounds(len(sides), sides.astype(np.int32), *rows[:, sides])


def least_squares(
    tables: Tables, x: Vector, face: tuple[Vector, Vector, Vector], weight: Vector, target: Vector
) -> Vector:
    """The point of a face with the least Σ weight · (x − target)², from its point ``x``."""
    low, high, rows = face
    free = np.flatnonzero(low < high)
    if not weight[free].any():
        return x
    matrix = matrix_of(tables)[:, free]
    kept = np.flatnonzero(np.diff(matrix.tocsr().indptr))
    rest = matrix_of(tables)[kept] @ np.where(low < high, 0.0, x)
    curve = highspy.HighsHessian()
    curve.dim_, curve.start_ = len(free), np.arange(len(free) + 1)
    curve.index_, curve.value_ = np.arange(len(free)), 2 * weight[free]
    model = highspy.HighsModel()
    model.hessian_ = curve
    model.lp_ = programme(matrix.tocsr()[kept].tocsc(), -2 * (weight * target)[free], (low[free], high[free]),
                          (rows[0][kept] - rest, rows[1][kept] - rest), highspy.ObjSense.kMinimize)  # fmt: skip
    engine = silent()
    engine.passModel(model)
    begin = highspy.HighsSolution()
    begin.col_value = x[free]
    engine.setSolution(begin)
    engine.run()
    out = x.copy()
    out[free] = engine.getSolution().col_value
    return out


def live(tables: Tables) -> Callable[[Change], float]:
    """A loaded and solved model that takes changes, each from the basis of the first optimum; NaN: no plan."""
    engine = loaded(tables)
    engine.run()
    basis = engine.getBasis()

    def again(change: Change) -> float:
        rows, columns, priced = (at.astype(np.int32) for at in (change.rows, change.columns, change.priced))
        engine.changeRowsBounds(len(rows), rows, change.low, change.high)
        engine.changeColsBounds(len(columns), columns, change.lower, change.upper)
        engine.changeColsCost(len(priced), priced, change.cost)
        engine.setBasis(basis)
        engine.run()
        solved = engine.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return float(engine.getObjectiveValue()) if solved else np.nan

    return again


def loaded(tables: Tables) -> highspy.Highs:
    """HiGHS with the programme loaded."""
    cost, *bounds = (tables.columns[name].to_numpy() for name in ("cost", "lower", "upper"))
    sides = (tables.rows["lower"].to_numpy(), tables.rows["upper"].to_numpy())
    engine = silent()
    engine.passModel(programme(matrix_of(tables), cost, (bounds[0], bounds[1]), sides, highspy.ObjSense.kMaximize))
    return engine


def matrix_of(tables: Tables) -> sparse.csc_array:
    """The coefficients by column."""
    entries, shape = tables.entries, (len(tables.rows), len(tables.columns))
    return sparse.csc_array((entries["value"], (entries["row"], entries["column"])), shape=shape)


def programme(
    matrix: sparse.csc_array, cost: Vector, bounds: tuple[Vector, Vector], sides: tuple[Vector, Vector],
    sense: highspy.ObjSense,
) -> highspy.HighsLp:  # fmt: skip
    """What HiGHS loads."""
    out = highspy.HighsLp()
    out.num_row_, out.num_col_ = matrix.shape
    out.sense_, out.col_cost_ = sense, cost
    (out.col_lower_, out.col_upper_), (out.row_lower_, out.row_upper_) = bounds, sides
    out.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    out.a_matrix_.start_, out.a_matrix_.index_, out.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    return out


def silent() -> highspy.Highs:
    """HiGHS with one thread."""
    engine = highspy.Highs()
    engine.setOptionValue("output_flag", False)
    engine.setOptionValue("threads", 1)
    return engine


def answer(engine: highspy.Highs, tables: Tables) -> Answer:
    """What the engine has found."""
    values = np.array(engine.getSolution().col_value)
    return Answer(float(engine.getObjectiveValue()), pd.Series(values, index=tables.columns["name"]))
