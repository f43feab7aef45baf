"""The review for therapists: a gateway and one Datasette per caseload."""

from __future__ import annotations

from collector.settings import Settings


def run_review(settings: Settings) -> None:
    """Serve each therapist their own caseloads, until SIGTERM or Ctrl-C."""
    from collector.review.serving import run_review as run  # imports Datasette, which no other role needs

    run(settings)
