/** `npm start` as a process. */

import { isRunning } from '@quadrille/embedded-postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { describe, expect, test } from 'vitest'
import { queryIn, serverIn } from './server-in.ts'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

const read = async (url: string): Promise<unknown> => (await fetch(url)).json()

/** Places an order whose charge is retried. On free ports, the order service knows where to ask for its messages. */
const expectDiagnosis = async (orderUrl: string): Promise<void> => {
  const order = {
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_250 }],
    payment: { method: 'pm_sim_down' },
  }
  const headers = { 'content-type': 'application/json' }
  const placed = await fetch(`${orderUrl}/orders`, { method: 'POST', headers, body: JSON.stringify(order) })
  expect(placed.status).toBe(202)
  const where = { service: 'payment', type: 'Charge' }
  await waitFor(async () =>
    expect(await read(`${orderUrl}/orders?stuck=true`)).toMatchObject({ items: [{ diagnoses: [{ where }] }] }),
  )
}

/** A start takes seconds, and under the load of other tests up to half a minute. */
describe('npm start', () => {
  test('runs without a service that is off, once in a folder, stops on a signal, and leaves no process', async () => {
    const folder = newFolder()
    const started = startIn(folder, [main], { SHIPPING: 'off', STUCK_AFTER: '0s' })
    await untilPrinted(started, 'Quadrille is ready.')
    const orderUrl = / order +(\S+)/.exec(started.output())?.[1] ?? ''
    await waitFor(async () => expect(await read(`${orderUrl}/health/ready`)).toMatchObject({ expiryPaused: null }))
    const created = "select datname from pg_database where datname like 'quadrille\\_%' order by 1"
    expect(await queryIn(folder, created)).toEqual(
      ['inventory', 'notification', 'order', 'payment'].map((name) => ({ datname: `quadrille_${name}` })),
    )
    await expectDiagnosis(orderUrl)
    const second = startIn(folder, [main])
    expect(await second.exit).toBe(1)
    expect(second.output()).toBe(
      `quadrille: ${folder} is in use by process ${started.pid}. Stop that process, or set DATA_DIR to another folder.\n`,
    )
    const { pid } = serverIn(folder)
    started.child.kill('SIGINT')
    started.child.kill('SIGTERM') // Ctrl-C arrives more than once
    expect(await started.exit).toBe(0) // it exits with 1 if its stop takes longer than 10 s
    expect(isRunning(pid)).toBe(false)
  })

  test('stops in the middle of a start', async () => {
    const started = startIn(newFolder(), [main])
    await untilPrinted(started, 'starting Postgres')
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    expect(started.output()).not.toContain('ready')
  })
})
