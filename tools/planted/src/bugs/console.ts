/** Bugs in the console's protection against pages of other sites, and in what it forwards. */
import { edit, type PlantedBug } from '../bug.ts'

const server = 'console/src/server'

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
    file: 'console/test/access.unit.test.ts',
    test: 'a write by a script of another site has no effect',
    failure: 'expected 202 to be 403',
  },
  {
    name: 'let an old browser write through the console for another site',
    edits: [
      edit(`${server}/access.ts`, 'if (isRead(request.method) || request', 'if (!isRead(request.method) || request'),
    ],
    file: 'console/test/access.unit.test.ts',
    test: 'a write by an old browser, without the header of the page has no effect',
    failure: 'expected 202 to be 403',
  },
  {
    name: 'let a page of another site break a shop that is a demo',
    edits: [edit('local/src/demo/server.ts', 'if (distrusted) throw distrusted', '')],
    file: 'local/test/demo/server.unit.test.ts',
    test: 'a web page of another origin may not break the shop',
    failure: 'expected 200 to be 403',
  },
  {
    name: 'forward any path of a service',
    edits: [edit(`${server}/forwarded-routes.ts`, '[\\\\da-f]{8}(?:-[\\\\da-f]{4}){3}-[\\\\da-f]{12}', '.*')],
    file: 'console/test/forward.unit.test.ts',
    test: '/api/order/orders/../metrics is not forwarded',
    failure: "expected { service: 'order'",
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
    file: 'console/test/hub.unit.test.ts',
    test: 'a browser that does not read is disconnected, and the others go on',
    failure: 'to be called at least once',
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
    file: 'console/test/forward.unit.test.ts',
    test: 'an answer that breaks off, or is not JSON, is reported as an error',
    failure: 'expected 200 to be 502',
  },
  {
    name: 'send the body of a GET, which a service reads as a second request',
    edits: [
      edit(`${server}/forward.ts`, "if (body.length === 0 || request.method === 'POST') return body", 'return body'),
      edit(`${server}/forward.ts`, 'else sending.end()', 'else sending.end(body)'),
    ],
    file: 'console/test/forward.unit.test.ts',
    test: 'a GET whose body, with a length, is a request to another route reaches no service',
    failure: 'POST /dead-letters/replay',
  },
]
