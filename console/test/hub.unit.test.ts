import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createHub } from '../src/server/live/hub.ts'
import { listening } from './running-console.ts'

/** The connection of a browser with this many unread bytes. */
const browser = (unreadBytes: number) =>
  Object.assign(new EventEmitter(), {
    req: { method: 'GET' },
    writableLength: unreadBytes,
    headersSent: false,
    writeHead: vi.fn().mockReturnThis(),
    write: vi.fn(),
    end: vi.fn(),
    destroy: vi.fn(),
  })

const connect = (hub: ReturnType<typeof createHub>, connection: ReturnType<typeof browser>) =>
  hub.connect(connection as unknown as ServerResponse) // the members that the hub uses

const runningHub = async () => {
  const url = await listening((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('id: 1\ndata: {"type":"OrderPlaced","subject":"order-1"}\n\n')
  })
  const hub = createHub({
    addresses: new Map([['order', { url, adminUrl: url }]]),
    script: '/assets/console.js',
    settings: { tracesUrl: null, demo: false, audit: false },
    log: pino({ level: 'silent' }),
  })
  onTestFinished(hub.stop)
  return hub
}

test('a browser that does not read is disconnected, and the others go on', async () => {
  const hub = await runningHub()
  const [slow, fast] = [browser(1_000_000), browser(0)]
  connect(hub, slow)
  connect(hub, fast)
  await waitFor(() => expect(fast.write).toHaveBeenCalledWith(expect.stringContaining('event: changes')))
  expect(slow.destroy).toHaveBeenCalled()
  expect(slow.write).not.toHaveBeenCalledWith(expect.stringContaining('event: changes'))
  expect(fast.destroy).not.toHaveBeenCalled()
})

test('beyond 50 browsers further ones are refused, until one leaves', async () => {
  const hub = await runningHub()
  const browsers = Array.from({ length: 51 }, () => browser(0))
  for (const one of browsers) connect(hub, one)
  expect(browsers[49]?.writeHead).toHaveBeenCalledWith(200, expect.anything())
  expect(browsers[50]?.writeHead).toHaveBeenCalledWith(503, expect.anything())
  browsers[0]?.emit('close')
  const next = browser(0)
  connect(hub, next)
  expect(next.writeHead).toHaveBeenCalledWith(200, expect.anything())
})
