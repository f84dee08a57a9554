"""``echoguard serve``: the sidecar."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve_command(
    *,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file.  [default: ./echoguard.toml]")
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on.  [default: of the settings]")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Port to listen on.  [default: of the settings]")
    ] = None,
) -> int:
    """Run the sidecar until it is told to stop (Ctrl-C or SIGTERM)."""
    from guard.doors.cli.configuration import load_settings
    from guard.doors.http.serve import serve

    serve(load_settings(config), host=host, port=port)
    return 0
