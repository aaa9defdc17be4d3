"""One event loop, all requests at once with aiohttp and asyncio.gather.

aiohttp opens at most 100 connections at once as it comes, so more requests than that wait for each other;
`--unlimited` takes the limit away.
"""

import asyncio
import sys

import aiohttp

from protocol import BODY, HEADERS, METHOD, REQUESTS, TIMEOUT_S, URL, Sample, now


async def fetch(session, request):
    start = now()
    try:
        async with session.request(METHOD, URL, data=BODY or None, headers=HEADERS) as response:
            body = await response.read()
            return request, 0, start, now(), response.status, len(body), None
    except asyncio.TimeoutError:
        return request, 0, start, now(), None, 0, "request-timeout"
    except aiohttp.ClientConnectorError:
        return request, 0, start, now(), None, 0, "refused"
    except aiohttp.ClientError:
        return request, 0, start, now(), None, 0, "other"


async def fetch_all(limit):
    # The time limit counts from the moment a connection is free: waiting for one is not the server's fault.
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_S, sock_read=TIMEOUT_S)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=limit), timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, request) for request in range(REQUESTS)))


limit = 0 if "--unlimited" in sys.argv[1:] else 100
sample = Sample()
outcomes = asyncio.run(fetch_all(limit))
sample.finish(outcomes)
