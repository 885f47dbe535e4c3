"""Saves a dashboard of runs that were logged to W&B: `vsumlab dashboard ENTITY`."""

from __future__ import annotations

import argparse

from vsumlab.errors import UserError, first_line, needs_extra, one_line_errors


def save_dashboard(entity: str, project: str) -> str:
    """Saves the dashboard as a view of a W&B project.

    Returns:
        Its address.

    Raises:
        UserError: If the package that it needs is not installed, or W&B cannot be had.
    """
    with needs_extra("dashboard"):
        from vsumlab.tracking.workspace import workspace
    try:
        return str(workspace(entity, project).save().url)  # type: ignore[no-untyped-call]
    except Exception as error:  # no account, no network, no such project: each an error of another kind
        reason = first_line(error).rstrip(".")
        raise UserError(
            f"dashboard: {entity}/{project}: {reason}: log in with `wandb login`, and name a project that "
            "runs were logged to"
        ) from error


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vsumlab dashboard",
        description="Saves a dashboard in a W&B project: test metrics of methods, of random scores and of "
        "people, the table of videos with their pictures, scores and losses epoch by epoch.",
    )
    parser.add_argument("entity", help="a W&B user or team")
    parser.add_argument("project", nargs="?", default="vsumlab", help="the project that runs were logged to")
    arguments = parser.parse_args()
    with one_line_errors():
        print(save_dashboard(arguments.entity, arguments.project))


if __name__ == "__main__":
    main()
