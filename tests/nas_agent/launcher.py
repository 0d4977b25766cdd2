"""Run the agent on a made-up NAS: launcher.py FOLDER COMMAND..."""

from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.nas_agent.alone import stand_alone

    stand_alone()

    from custom_components.truenas_burnin.nas_agent import smartctl
    from custom_components.truenas_burnin.nas_agent.__main__ import leave, main
    from custom_components.truenas_burnin.nas_agent.pace import Pace
    from tests.nas_agent.machine import Machine

    folder = Path(sys.argv[1])
    smartctl.PATIENCE = 1.0
    paths = replace(
        Machine(folder, new=False).paths,
        program=(sys.executable, *sys.argv[:2]),
        version=(folder / "version").read_text(),
    )
    pace = Pace(**json.loads((folder / "pace.json").read_text()))
    leave(main(sys.argv[2:], paths, pace))
