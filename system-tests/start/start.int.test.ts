/** `npm start` as a process. */

import { startPrivatePostgres } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isRunning } from './processes.ts'
import { serverIn } from './server-in.ts'
import { main, untilPrinted } from './started.ts'
import { useStart } from './use-start.ts'

const npm = useStart()

/** A start takes seconds, and under the load of other tests up to half a minute. */
describe('npm start', () => {
  test('runs once in a folder, stops on a signal, and leaves no process', async () => {
    const started = await npm.startReady()
    const second = npm.start()
    expect(await second.exit).toBe(1)
    expect(second.output()).toBe(
      `quadrille: ${npm.folder} is in use by process ${started.pid}. Stop that process, or set DATA_DIR to another folder.\n`,
    )
    const { pid } = serverIn(npm.folder)
    started.child.kill('SIGINT')
    started.child.kill('SIGTERM') // Ctrl-C arrives more than once
    expect(await started.exit).toBe(0) // it exits with 1 if its stop takes longer than 10 s
    expect(isRunning(pid)).toBe(false)
  })

  test('stops in the middle of a start', async () => {
    const started = npm.start()
    await untilPrinted(started, 'starting Postgres')
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    expect(started.output()).not.toContain('ready')
  })

  test('an unreachable Postgres server is reported in one line', async () => {
    const started = npm.start([main], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
    expect(await started.exit).toBe(1)
    expect(started.output()).toMatch(/^quadrille: The Postgres server at 127\.0\.0\.1:1 can't be used \(.+\)\. .+\n$/)
  })

  test('creates a database for each service on a given server, except for one that is off, for which no service waits', async () => {
    const postgres = await startPrivatePostgres()
    onTestFinished(() => postgres.stop())
    const started = npm.start([main], { DATABASE_URL: postgres.url, SHIPPING: 'off' })
    await untilPrinted(started, 'Quadrille is ready.')
    const urlOfOrder = / order +(\S+)/.exec(started.output())?.[1]
    const readiness = async () => (await fetch(`${urlOfOrder}/health/ready`)).json()
    await waitFor(async () => expect(await readiness()).toMatchObject({ expiryPaused: null }))
    const client = new Client({ connectionString: postgres.url })
    await client.connect()
    const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'quadrille\\_%' ORDER BY 1")
    await client.end()
    expect(rows.map(({ datname }) => datname)).toEqual([
      'quadrille_inventory',
      'quadrille_notification',
      'quadrille_order',
      'quadrille_payment',
    ])
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
  })

  test('on free ports, the order service asks the others for the messages of a stuck order', async () => {
    const started = npm.start([main], { PAYMENT_PORT: '0', INVENTORY_PORT: '0', STUCK_AFTER: '0s' })
    await untilPrinted(started, 'Quadrille is ready.')
    const orders = `${/ order +(\S+)/.exec(started.output())?.[1]}/orders`
    const order = {
      customer: { id: 'ada', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_250 }],
      payment: { method: 'pm_sim_down' },
    }
    const headers = { 'content-type': 'application/json' }
    expect(await fetch(orders, { method: 'POST', headers, body: JSON.stringify(order) })).toMatchObject({ status: 202 })
    const stuck = async () => (await fetch(`${orders}?stuck=true`)).json()
    await waitFor(async () =>
      expect(await stuck()).toMatchObject({
        items: [{ diagnoses: [{ where: { service: 'payment', type: 'Charge' } }] }],
      }),
    )
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
  })
})
