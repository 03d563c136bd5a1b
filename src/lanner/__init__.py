"""Declarative workflow orchestration that runs Kestra flows."""
