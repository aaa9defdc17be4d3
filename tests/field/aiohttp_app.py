"""A server of aiohttp that answers after as many seconds as the path says."""

import asyncio
import sys

from aiohttp import web


async def index(request):
    await asyncio.sleep(float(request.match_info["seconds"]))
    return web.Response(text="waited")


app = web.Application()
app.router.add_get("/{seconds}", index)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
