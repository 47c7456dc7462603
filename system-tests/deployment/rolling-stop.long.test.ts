/** An instance of the order service is stopped behind a load balancer, as in a rolling upgrade. No client notices it. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { definitions } from '@quadrille/local/definitions'
import { openDatabase } from '@quadrille/postgres'
import { inherited, type ServiceProcess, startServiceProcess } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { root } from '../documentation/documents.ts'

/** The variables of instances of the order service over one database. */
const createVariables = async (env: Readonly<Record<string, string>>) => {
  const database = await createServiceDatabase(inject('postgresUrl'), definitions.order)
  onTestFinished(() => database.drop())
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return { DATABASE_URL: database.url, AMQP_URL: vhost.url, ORDER_CHECK: 'off', ...env }
}

const startInstances = async (count: number, env: Readonly<Record<string, string>>): Promise<ServiceProcess[]> => {
  const instances: ServiceProcess[] = []
  for (let started = 0; started < count; started += 1) instances.push(await startServiceProcess('order', env))
  onTestFinished(async () => {
    await Promise.all(instances.map((instance) => instance.end('SIGKILL')))
  })
  return instances
}

const order = JSON.stringify({
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 100 }],
  payment: { method: 'pm_card_visa' },
})

/** How often it asks each instance whether it is ready, ms. */
const probeEveryMs = 500

/** Of a customer between two orders. Without it, eight customers use up a processor. */
const pauseMs = 25

/** A shop that stands still for longer answers 503: Postgres ends the transactions that have begun. */
const standstillMs = 2_000

/** A load balancer with a pool of connections to each instance. It does not repeat a request, because a POST may have had its effect. */
const createBalancer = (instances: readonly ServiceProcess[]) => {
  const agent = new Agent({ keepAlive: true })
  const pool = instances.map(({ url }) => ({ url, isReady: true }))
  let turn = 0
  const post = async (): Promise<unknown> => {
    const ready = pool.filter(({ isReady }) => isReady)
    turn += 1
    const url = ready[turn % ready.length]?.url
    if (!url) return 'no instance is ready'
    const sent = request(`${url}/orders`, { agent, method: 'POST', headers: { 'content-type': 'application/json' } })
    try {
      const [response] = await once(sent.end(order), 'response')
      response.resume()
      await once(response, 'end')
      return response.statusCode
    } catch (error) {
      return error
    }
  }
  const probe = async (instance: { url: string; isReady: boolean }) => {
    instance.isReady = await fetch(`${instance.url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  let [probedAt, hasStalled] = [performance.now(), false]
  const probing = setInterval(() => {
    hasStalled ||= performance.now() - probedAt > standstillMs
    probedAt = performance.now()
    void Promise.all(pool.map(probe))
  }, probeEveryMs)
  onTestFinished(() => {
    clearInterval(probing)
    agent.destroy()
  })
  const isReady = ({ url }: ServiceProcess) => pool.some((one) => one.url === url && one.isReady)
  return { post, isReady, hasStalled: () => hasStalled }
}

/** Sends signals until the instance has ended. One that arrives a second after the first ends its STOP_DELAY. */
const signalOften = (instance: ServiceProcess): void => {
  const signalling = setInterval(() => instance.end(), 200)
  onTestFinished(() => clearInterval(signalling))
}

/** Stops one of two instances under load. */
const stopOne = async () => {
  const [stopped, ...others] = await startInstances(2, await createVariables({ STOP_DELAY: '1m' }))
  if (!stopped) return expect.unreachable()
  const balancer = createBalancer([stopped, ...others])
  const outcomes: unknown[] = []
  let isOver = false
  const customers = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      outcomes.push(await balancer.post())
      await pause(pauseMs)
    }
  })
  await waitFor(() => expect(outcomes.length).toBeGreaterThan(100))
  const begun = performance.now()
  const ended = stopped.end()
  await waitUntil(() => !balancer.isReady(stopped))
  const noticedMs = performance.now() - begun
  const { length } = outcomes
  await waitFor(() => expect(outcomes.length).toBeGreaterThan(length + 50)) // each request that it still had is answered
  signalOften(stopped)
  expect(await ended).toBe(0)
  isOver = true
  await Promise.all(customers)
  return { failures: outcomes.filter((outcome) => outcome !== 202), noticedMs, hasStalled: balancer.hasStalled() }
}

test('no request fails while an instance is stopped with STOP_DELAY', async () => {
  let stop = await stopOne()
  for (let tries = 1; tries < 3 && stop.hasStalled; tries += 1) stop = await stopOne() // the machine stood still
  expect(stop.failures).toEqual([])
  expect(stop.noticedMs).toBeLessThan(10_000)
})

test('an instance stops by itself after STOP_DELAY', async () => {
  const [instance] = await startInstances(1, await createVariables({ STOP_DELAY: '3s' }))
  if (!instance) return expect.unreachable()
  const begun = performance.now()
  expect(await instance.end()).toBe(0)
  expect(performance.now() - begun).toBeGreaterThanOrEqual(3_000)
})

test('after SIGTERM an instance is not ready, answers once more on each connection, and a later signal stops it at once', async () => {
  const [instance] = await startInstances(1, await createVariables({ STOP_DELAY: '1m' }))
  if (!instance) return expect.unreachable()
  const begun = performance.now()
  const ended = instance.end()
  process.kill(instance.pid, 'SIGINT') // as from a supervisor that signals all processes of a group; equal signals might become one
  await waitFor(async () => {
    const response = await fetch(`${instance.url}/health/ready`)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ status: 'stopping', postgres: 'ok' })
  })
  const response = await fetch(`${instance.url}/orders`)
  expect(response.status).toBe(200)
  expect(response.headers.get('connection')).toBe('close')
  signalOften(instance)
  expect(await ended).toBe(0)
  expect(performance.now() - begun).toBeLessThan(50_000)
})

test('an instance that is stopped before it listens does not wait for STOP_DELAY', async () => {
  const env = await createVariables({ STOP_DELAY: '1m' })
  const database = openDatabase({ url: env.DATABASE_URL, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const ended = await database.transaction(async (sql) => {
    await sql.query('lock table broker_in_use')
    const child = spawn(process.execPath, ['services/order/src/main.ts'], {
      cwd: root,
      env: { ...inherited(), PORT: '0', ...env },
      stdio: 'ignore',
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exit = once(child, 'exit')
    const waiting = "select from pg_locks where not granted and relation = 'broker_in_use'::regclass"
    await waitUntil(async () => (await sql.query(waiting)).length > 0)
    child.kill()
    return { exit, at: performance.now() }
  })
  expect(await ended.exit).toEqual([0, null])
  expect(performance.now() - ended.at).toBeLessThan(50_000)
})
