"""How fast Kefudesk is, as ratios to a yardstick measured in the same run; `python benchmarks/run.py`."""
