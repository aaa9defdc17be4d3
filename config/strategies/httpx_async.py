"""One event loop, all requests at once with httpx, its connection limit of 100 taken away."""

import asyncio

import httpx

from protocol import BODY, HEADERS, METHOD, REQUESTS, TIMEOUT_S, URL, Sample, now


async def fetch(client, request):
    start = now()
    try:
        response = await client.request(METHOD, URL, content=BODY or None, headers=HEADERS)
        return request, 0, start, now(), response.status_code, len(response.content), None
    except httpx.TimeoutException:
        return request, 0, start, now(), None, 0, "request-timeout"
    except httpx.ConnectError:
        return request, 0, start, now(), None, 0, "refused"
    except httpx.HTTPError:
        return request, 0, start, now(), None, 0, "other"


async def fetch_all():
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    timeout = httpx.Timeout(TIMEOUT_S, pool=None)
    async with httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False) as client:
        return await asyncio.gather(*(fetch(client, request) for request in range(REQUESTS)))


sample = Sample()
outcomes = asyncio.run(fetch_all())
sample.finish(outcomes)
