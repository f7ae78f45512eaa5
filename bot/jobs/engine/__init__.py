"""Engines that run the jobs: one process with APScheduler, or any number of workers with Procrastinate on PostgreSQL.

An engine knows job names and delivery ids, and nothing of Slack. It may import domain and storage's database.
"""

from bot.jobs.engine.protocol import CLOCK, Engine, JobRunner

__all__ = ["CLOCK", "Engine", "JobRunner"]
