/** Starts a separate shop, places an order there, and draws its trace from the exported spans. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { serviceNames } from '@quadrille/events'
import { order } from '@quadrille/local/first-order'
import { drawTrace } from './draw.ts'
import { tracesOf } from './order-traces.ts'
import { openReceiver } from './receiver.ts'

const root = new URL('../../../', import.meta.url)
const deadlineMs = 60_000

/** @throws if it does not become true in time. */
const until = async <Found>(
  what: string,
  find: () => Promise<Found | undefined> | Found | undefined,
): Promise<Found> => {
  for (const startedMs = performance.now(); performance.now() - startedMs < deadlineMs; await pause(50)) {
    const found = await find()
    if (found !== undefined) return found
  }
  throw new Error(`${what} took longer than ${deadlineMs / 1_000} s.`)
}

const placeOrder = async (shop: ChildProcess): Promise<string> => {
  let printed = ''
  shop.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk
  })
  const url = await until('The start', () => /curl -s (http:\S+\/orders)/.exec(printed)?.[1])
  const headers = { 'content-type': 'application/json' }
  const place = async (): Promise<string> => {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(order) })
    const { id } = (await response.json()) as { id: string }
    await until('The order', async () => {
      const { notifications } = (await (await fetch(`${url}/${id}`)).json()) as { notifications: unknown[] }
      return notifications.length === 2 || undefined
    })
    return id
  }
  await place() // warms up: the first order waits for connections and uncompiled code
  return place()
}

const startShop = (folder: string, receiverUrl: string): ChildProcess =>
  spawn(process.execPath, ['local/src/main.ts'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'], // no other variables: one could refer to a real shop
      DATA_DIR: folder,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiverUrl,
      CONSOLE: 'off',
      DEMO: 'off',
      ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, '0'])),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** The trace as text. @throws if the shop does not start or the order does not end in time. */
export const traceDemoOrder = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-trace-'))
  chmodSync(folder, 0o755) // started by root, Postgres runs as another user, which must be able to enter
  const receiver = await openReceiver()
  const shop = startShop(folder, receiver.url)
  const exited = once(shop, 'exit')
  const exitedEarly = exited.then(() => Promise.reject(new Error('The shop has exited unexpectedly.')))
  try {
    const orderId = await Promise.race([placeOrder(shop), exitedEarly])
    shop.kill('SIGTERM')
    await exited
    const trace = tracesOf(receiver.spans).traces.get(orderId)
    if (!trace) throw new Error('The order has no trace.')
    return drawTrace(trace.spans)
  } finally {
    shop.kill('SIGTERM')
    await exited
    receiver.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
