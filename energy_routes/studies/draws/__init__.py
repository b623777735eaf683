"""Figures drawn from their grades of confidence."""
