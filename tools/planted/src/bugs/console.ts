/** Bugs in the console's protection against pages of other sites, in what it forwards, and in what it claims. */
import { edit, type PlantedBug } from '../bug.ts'

const server = 'console/src/server'
const access = 'console/test/access.unit.test.ts'

export const consoleBugs: readonly PlantedBug[] = [
  {
    name: 'let a script of another site write through the console',
    edits: [
      edit(
        `${server}/access.ts`,
        'const distrusted = checkTrust(request)',
        'const distrusted = isRead(request.method) ? checkTrust(request) : undefined',
      ),
    ],
    check: {
      project: 'unit',
      file: access,
      test: 'a write by a script of another site has no effect',
      failure: 'expected 202 to be 403',
    },
  },
  {
    name: 'let an old browser write through the console for another site',
    edits: [
      edit(`${server}/access.ts`, 'if (isRead(request.method) || request', 'if (!isRead(request.method) || request'),
    ],
    check: {
      project: 'unit',
      file: access,
      test: 'a write by an old browser, without the header of the page has no effect',
      failure: 'expected 202 to be 403',
    },
  },
  {
    name: 'serve the console under any host name',
    edits: [
      edit(
        `${server}/access.ts`,
        'createTrustCheck({ allowedHosts, anyAddress: false })',
        "createTrustCheck({ allowedHosts: [...allowedHosts, 'evil.example'], anyAddress: false })",
      ),
    ],
    check: {
      project: 'unit',
      file: access,
      test: 'a request for the host evil.example gets 403',
      failure: 'expected 200 to be 403',
    },
  },
  {
    name: 'let a page of another site break a shop that is a demo',
    edits: [edit('local/src/demo/server.ts', 'if (distrusted) throw distrusted', '')],
    check: {
      project: 'unit',
      file: 'local/test/demo/server.unit.test.ts',
      test: 'a web page of another origin may not break the shop',
      failure: 'expected 200 to be 403',
    },
  },
  {
    name: 'forward any path of a service',
    edits: [edit(`${server}/forwarded-routes.ts`, '[\\\\da-f]{8}(?:-[\\\\da-f]{4}){3}-[\\\\da-f]{12}', '.*')],
    check: {
      project: 'unit',
      file: 'console/test/forward.unit.test.ts',
      test: '/api/order/orders/../metrics is not forwarded',
      failure: 'to be undefined',
    },
  },
  {
    name: 'keep the messages for a browser that does not read',
    edits: [
      edit(
        `${server}/live/hub.ts`,
        'if (browser.writableLength > maxUnreadBytes) browser.destroy()\n      else browser.write(message)',
        'browser.write(message)',
      ),
    ],
    check: {
      project: 'unit',
      file: 'console/test/hub.unit.test.ts',
      test: 'a browser that does not read is disconnected, and the others go on',
      failure: 'to be called',
    },
  },
  {
    name: 'serve the HTML of a service from the origin of the console',
    edits: [
      edit(
        `${server}/forward.ts`,
        'statusCode === 304 || statusCode === 204 ||',
        'statusCode === 304 || statusCode === 200 ||',
      ),
    ],
    check: {
      project: 'unit',
      file: 'console/test/forward.unit.test.ts',
      test: 'an answer that breaks off, or is not JSON, is reported as an error',
      failure: 'expected 200 to be 502',
    },
  },
  {
    name: 'send the body of a GET, which a service reads as a second request',
    edits: [
      edit(`${server}/forward.ts`, "if (body.length === 0 || request.method === 'POST') return body", 'return body'),
      edit(`${server}/forward.ts`, 'else sending.end()', 'else sending.end(body)'),
    ],
    check: {
      project: 'unit',
      file: 'console/test/forward.unit.test.ts',
      test: 'a GET whose body, with a length, is a request to another route reaches no service',
      failure: 'POST /dead-letters/replay',
    },
  },
  {
    name: 'show an interruption of the stream as a time without events',
    edits: [edit('console/src/page/live.ts', 'eventRates.begin(Date.now())', '')],
    check: {
      project: 'unit',
      file: 'console/test/page-live.unit.test.ts',
      test: 'the rate of events is unknown for the time before an interruption and during it, instead of 0',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'claim that a replayed message was handled, because it was sent',
    edits: [
      edit(
        'console/src/page/views/dead-letters/outcome.ts',
        "    case 'failed':\n      return inQueue(ageMs)",
        "    case 'failed':\n      return { kind: 'handled' }",
      ),
    ],
    check: {
      project: 'unit',
      file: 'console/test/dead-letters/outcome.unit.test.ts',
      test: 'is handled only if the service reports it',
      failure: "expected 'handled' to be 'waiting'",
    },
  },
  {
    name: 'show a dead connection of the page as live',
    edits: [
      edit('console/src/page/live.ts', 'performance.now() - heardAtMs > silenceMs', 'heardAtMs > performance.now()'),
    ],
    check: {
      project: 'unit',
      file: 'console/test/page-live.unit.test.ts',
      test: 'a connection without a message for 15 s is lost, and opened again',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'change the list of orders during a pause',
    edits: [edit('console/src/page/reader.ts', 'document.hidden || isKept()', 'document.hidden')],
    check: {
      project: 'unit',
      file: 'console/test/reader.unit.test.ts',
      test: 'a pause keeps the answer, even if a request was due when it began',
      failure: 'expected 3 to be 1',
    },
  },
  {
    name: 'show a log of operations with a gap',
    edits: [edit('console/src/page/views/operations/merge-logs.ts', '.filter(({ at }) => at >= end)', '')],
    check: {
      project: 'unit',
      file: 'console/test/operations/merge-logs.unit.test.ts',
      test: 'an operation is held back while another service may have a newer one',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'draw no line to a service that consumes an event on the other side of its publisher',
    edits: [
      edit(
        'console/src/page/views/flow/layout.ts',
        'filter(({ toX }) => toX < publisherX)',
        'filter(({ toX }) => toX < 0)',
      ),
    ],
    check: {
      project: 'unit',
      file: 'console/test/flow/flow-map.unit.test.ts',
      test: 'draws each event and each subscription once',
      failure: 'Property failed',
    },
  },
  {
    name: 'miss a new order that belongs on the list',
    edits: [
      edit('console/src/page/views/orders/concerns.ts', 'changed.some((id) => belongs(id) ||', 'changed.some((id) =>'),
    ],
    check: {
      project: 'unit',
      file: 'console/test/concerns.unit.test.ts',
      test: 'a new order',
      failure: 'expected false to be true',
    },
  },
  {
    name: 'say that an invariant holds that had nothing to check',
    edits: [
      edit(
        'console/src/page/views/invariants/verdict.ts',
        "return nothingToCheck ? 'nothing to check' : 'holds'",
        "return 'holds'",
      ),
    ],
    check: {
      project: 'unit',
      file: 'console/test/verdict.unit.test.ts',
      test: 'an invariant holds only if there was something to check',
      failure: 'to deeply equal',
    },
  },
]
