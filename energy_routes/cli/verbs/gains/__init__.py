"""Verbs that ask who gains: tariff."""
