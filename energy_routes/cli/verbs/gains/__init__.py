"""Verbs that ask who gains: bargain and tariff."""
