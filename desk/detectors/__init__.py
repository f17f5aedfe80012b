"""Every detector by its name. A new one is one more file here with a DETECTOR (desk/detector.py says what that is)."""

from importlib import import_module
from pkgutil import iter_modules

from desk.detector import Detector

BY_HAND = "by_hand"

_FILES = sorted(module.name for module in iter_modules(__path__))
DETECTORS: dict[str, Detector] = {
    detector.name: detector for detector in (import_module(f"{__name__}.{name}").DETECTOR for name in _FILES)
}
# Those the facts speak for.
BY_FACTS = {name: detector for name, detector in DETECTORS.items() if detector.source}
