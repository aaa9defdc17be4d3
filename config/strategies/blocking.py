"""One blocking request with requests, as the sequential client and both pools make it."""

import requests

from protocol import BODY, HEADERS, METHOD, TIMEOUT_S, URL, now


def fetch(request, worker=0):
    """One request by the module's own function, a connection each, as in the article."""
    start = now()
    try:
        response = requests.request(METHOD, URL, data=BODY or None, headers=HEADERS, timeout=TIMEOUT_S)
        return request, worker, start, now(), response.status_code, len(response.content), None
    except requests.Timeout:
        return request, worker, start, now(), None, 0, "request-timeout"
    except requests.ConnectionError:
        return request, worker, start, now(), None, 0, "refused"
    except requests.RequestException:
        return request, worker, start, now(), None, 0, "other"
