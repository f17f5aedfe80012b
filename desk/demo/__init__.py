"""The demo's working day: roster, requests, calls, targets, matters, handovers and attendance on top of its facts."""
