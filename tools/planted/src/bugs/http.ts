/** Bugs in the protection against hostile HTTP requests. */
import { edit, type PlantedBug } from '../bug.ts'

const http = 'packages/service/src/http'

export const httpBugs: readonly PlantedBug[] = [
  {
    name: 'report unknown fields of a body by their full names in the response',
    edits: [edit(`${http}/problem.ts`, 'errors: truncatedErrors(this.errors)', 'errors: this.errors')],
    file: 'system-tests/orders/refusals.int.test.ts',
    test: 'an error response > has at most 64 kB for any body',
    failure: 'Property failed',
  },
  {
    name: 'count a request as in flight before its body has arrived',
    edits: [
      edit(
        `${http}/app.ts`,
        '      ...readersOf(route),\n      inFlight(',
        '      (_request, response, next) => {\n        bounds.inFlight.enter(response)\n        next()\n      },\n      ...readersOf(route),\n      inFlight(',
      ),
      edit(`${http}/bounds.ts`, 'const maxReceiving = 1_000', 'const maxReceiving = 10_000'),
    ],
    file: 'packages/service/test/http/slow-clients.unit.test.ts',
    test: 'a request gets its response while 1,200 others never send their bodies',
    failure: 'expected { status: 429',
  },
  {
    name: 'buffer unread responses without a limit',
    edits: [edit(`${http}/bounds.ts`, 'maxBytes: maxUnreadBytes,', '')],
    file: 'packages/service/test/http/slow-clients.unit.test.ts',
    test: 'responses of /megabytes/16 that are not read are aborted, the oldest first',
    failure: 'to be less than 16000000',
  },
  {
    name: 'count a request as in flight until its response is read',
    edits: [
      edit(`${http}/app.ts`, 'requests.leave(response)', "response.once('close', () => requests.leave(response))"),
    ],
    file: 'packages/service/test/http/slow-clients.unit.test.ts',
    test: 'responses that are not read do not count as in flight',
    failure: "expected 'HTTP/1.1 429 Too Many Requests",
  },
  {
    name: 'free the slot of a request whose client has disconnected',
    edits: [
      edit(
        `${http}/bounds.ts`,
        'total += bytes',
        "total += bytes\n      response.once('close', () => inFlight.delete(response))",
      ),
    ],
    file: 'packages/service/test/http/slow-clients.unit.test.ts',
    test: 'a request whose client has disconnected is in flight until its handler ends',
    failure: 'expected 200 to be 429',
  },
  {
    name: 'accept other spellings of a path',
    edits: [
      edit(`${http}/app.ts`, "    .enable('strict routing') // a path is accepted exactly as the gate checks it\n", ''),
    ],
    file: 'packages/service/test/http/trust.unit.test.ts',
    test: 'another spelling of a path is not found, so it cannot bypass the limits of the path: /health/live/',
    failure: 'expected 200 to be 404',
  },
  {
    name: 'close the newest connection if there are too many',
    edits: [
      edit(
        `${http}/waiting.ts`,
        'for (const [longest] of entries) {',
        'for (const longest of [...entries.keys()].toReversed()) {',
      ),
    ],
    file: 'packages/service/test/http/waiting.unit.test.ts',
    test: 'evicts the longest-waiting item above the limit, never the newest',
    failure: "expected [ 'c' ] to deeply equal [ 'b' ]",
  },
  {
    name: 'query Postgres at every probe',
    edits: [edit('packages/service/src/runtime/readiness.ts', 'cachedCall(read, probeCacheMs)', 'read')],
    file: 'packages/service/test/http/probes.int.test.ts',
    test: 'a flood of pipelined probes needs few statements, and does not delay other requests',
    failure: 'to be less than or equal to',
  },
  {
    name: 'accept any Host header',
    edits: [edit(`${http}/trust.ts`, 'allowed.has(name) ||', 'name.length > 0 ||')],
    file: 'packages/service/test/http/trust.unit.test.ts',
    test: 'the host of a request > must be the loopback or an allowed host, with or without a port',
    failure: 'expected 200 to be 403',
  },
  {
    name: 'accept a cancellation from a form on another site',
    edits: [
      edit(
        `${http}/receive-body.ts`,
        "if (hasBody(request) || request.get('content-type') !== undefined) require",
        'if (hasBody(request)) require',
      ),
      edit(`${http}/trust.ts`, 'if (origin !== undefined && !isOriginOf(host, origin)) return foreignOrigin\n', ''),
    ],
    file: 'packages/service/test/http/trust.unit.test.ts',
    test: 'a route without fields > answers an empty form with 415',
    failure: 'expected 200 to be 415',
  },
  {
    name: 'serve the admin endpoints on the port for clients',
    edits: [
      edit(
        `${http}/serve.ts`,
        'createListener({ routes, probes: {} }, {',
        'createListener({ routes: [...routes, ...adminEndpoints.routes], probes: adminEndpoints.probes }, {',
      ),
    ],
    file: 'packages/service/test/http/trust.unit.test.ts',
    test: 'ADMIN_PORT > removes the admin endpoints from PORT',
    failure: 'to deeply equal [ 404, 404, 200 ]',
  },
  {
    name: 'trust the traceparent of any client',
    edits: [
      edit(
        `${http}/serve.ts`,
        'trustsTraceparent(config)',
        'trustsTraceparent({ ...config, TRUST_TRACEPARENT: undefined })',
      ),
    ],
    file: 'packages/service/test/telemetry/tracing.unit.test.ts',
    test: 'without trust a request starts its own trace, with a link to the caller’s',
    failure: "expected 'aaaa",
  },
]
