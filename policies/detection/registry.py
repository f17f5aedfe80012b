"""Every detector by name, as rules name them. Organizations' own words are made into one by `phrases`."""

import pkgutil
from importlib import import_module

from policies import detection
from policies.detection.detector import Detector


def _found() -> dict[str, Detector]:
    named = {}
    for module in pkgutil.iter_modules(detection.__path__):
        room = import_module(f"policies.detection.{module.name}") if module.name != "registry" else None
        for one in (*getattr(room, "DETECTORS", ()), getattr(room, "DETECTOR", None)):
            if one is not None:
                named[one.name] = one
    return named


DETECTORS = _found()
