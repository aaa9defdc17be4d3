// All requests at once with Node's own fetch; needs Node 18 or newer and no package.

const { env } = process;
const method = env.REPORTGEN_METHOD ?? "GET";
const headers = JSON.parse(env.REPORTGEN_HEADERS ?? "{}");
const body = env.REPORTGEN_BODY || undefined;
const timeout = Number(env.REPORTGEN_TIMEOUT_S) * 1000;

const start = performance.now();
const seconds = () => (performance.now() - start) / 1000;

async function fetchOne(request) {
  const line = { event: "request", request, worker: 0, start_s: seconds() };
  try {
    const signal = AbortSignal.timeout(timeout);
    const response = await fetch(env.REPORTGEN_URL, { method, headers, body, signal, redirect: "manual" });
    const bytes = (await response.arrayBuffer()).byteLength;
    return { ...line, end_s: seconds(), status: response.status, bytes };
  } catch (error) {
    const kinds = { TimeoutError: "request-timeout", ECONNREFUSED: "refused", ECONNRESET: "reset" };
    return { ...line, end_s: seconds(), error: kinds[error.cause?.code ?? error.name] ?? "other" };
  }
}

const count = Number(env.REPORTGEN_REQUESTS);
const lines = await Promise.all(Array.from({ length: count }, (_, request) => fetchOne(request)));
const done = { event: "done", setup_s: lines[0].start_s, duration_s: seconds() };
process.stdout.write([...lines, done].map((line) => JSON.stringify(line) + "\n").join(""));
