"""One request after another with requests."""

from blocking import fetch
from protocol import REQUESTS, Sample

sample = Sample()
outcomes = [fetch(request) for request in range(REQUESTS)]
sample.finish(outcomes)
