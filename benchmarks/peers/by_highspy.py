"""Raw highspy: arrays in, labelled values out."""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np
import pandas as pd
from coefficients import Answer, Change, Tables
from scipy import sparse


def solve(tables: Tables) -> Answer:
    """The first optimum that HiGHS finds."""
    engine = loaded(tables)
    engine.run()
    return answer(engine, tables)


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
    columns, rows, entries = tables.columns, tables.rows, tables.entries
    matrix = sparse.csc_array((entries["value"], (entries["row"], entries["column"])), shape=(len(rows), len(columns)))
    programme = highspy.HighsLp()
    programme.num_row_, programme.num_col_ = matrix.shape
    programme.sense_ = highspy.ObjSense.kMaximize
    programme.col_cost_, programme.col_lower_, programme.col_upper_ = (
        columns[name].to_numpy() for name in ("cost", "lower", "upper")
    )
    programme.row_lower_, programme.row_upper_ = (rows[name].to_numpy() for name in ("lower", "upper"))
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_, programme.a_matrix_.index_, programme.a_matrix_.value_ = (
        matrix.indptr, matrix.indices, matrix.data,
    )  # fmt: skip
    engine = highspy.Highs()
    engine.setOptionValue("output_flag", False)
    engine.setOptionValue("threads", 1)
    engine.passModel(programme)
    return engine


def answer(engine: highspy.Highs, tables: Tables) -> Answer:
    """What the engine has found."""
    values = np.array(engine.getSolution().col_value)
    return Answer(float(engine.getObjectiveValue()), pd.Series(values, index=tables.columns["name"]))
