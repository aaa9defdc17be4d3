"""The article's server, which waits as many seconds as the path says: Flask's own development server, a thread for each connection."""

import sys
import time

from flask import Flask

app = Flask(__name__)


@app.get("/<float:seconds>")
def index(seconds):
    time.sleep(seconds)
    return "waited"


app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
