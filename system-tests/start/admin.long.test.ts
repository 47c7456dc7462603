/**
 * `npm start` beyond the loopback: one port for the admin endpoints of all services, which are not on the ports for
 * clients.
 */

import { serviceNames } from '@quadrille/events'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

const beyondLoopback = { HOST: '0.0.0.0', AUTH: 'off', ADMIN_PORT: '0', STUCK_AFTER: '0s' }

/** A service's URL in the welcome text, on the loopback. */
const urlOf = (output: string, name: string): string =>
  new RegExp(`^ +${name} +(http:\\S+)$`, 'm').exec(output)?.[1]?.replace('0.0.0.0', '127.0.0.1') ?? ''

/** The section of a page to which the `type` of the answer, a problem, links. Undefined if there is no such section. */
const problemAt = async (url: string): Promise<string | undefined> => {
  const { type } = (await (await fetch(url)).json()) as { readonly type: string }
  const link = new URL(type, url)
  const page = await (await fetch(link)).text()
  const sections = [...page.matchAll(/<section id="([^"]+)">/g)].map(([, id]) => id)
  return sections.find((id) => link.hash === `#${id}`)
}

const order = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_250 }],
  payment: { method: 'pm_sim_down' },
}

test('ADMIN_PORT serves the admin endpoints of each service below its name, and the order service queries them there', async () => {
  const started = startIn(newFolder(), [main], beyondLoopback)
  await untilPrinted(started, 'ready')
  const [admin, orders] = ['admin', 'order'].map((name) => urlOf(started.output(), name))
  for (const service of serviceNames) {
    const url = urlOf(started.output(), service)
    for (const path of ['/health/live', '/metrics', '/dead-letters']) {
      expect((await fetch(`${admin}/${service}${path}`)).status).toBe(200)
      expect((await fetch(url + path)).status).toBe(404)
    }
    for (const root of [admin, `${admin}/${service}`]) expect(await problemAt(`${root}/nowhere`)).toBe('not-found')
    expect(await (await fetch(`${admin}/${service}/openapi.json`)).json()).toMatchObject({
      servers: [{ url: `/${service}` }],
    })
  }
  const unknown = await fetch(`${admin}/metrics`)
  expect([unknown.status, unknown.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ])
  expect(unknown.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await fetch(`${admin}/metrics`, { headers: { origin: 'http://evil.example' } })).status).toBe(403)

  const headers = { 'content-type': 'application/json' }
  await fetch(`${orders}/orders`, { method: 'POST', headers, body: JSON.stringify(order) })
  const stuck = async () => (await fetch(`${orders}/orders?stuck=true`)).json()
  await waitFor(async () =>
    expect(await stuck()).toMatchObject({
      items: [{ diagnoses: [{ where: { service: 'payment', type: 'Charge' } }] }],
    }),
  )
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
})

test('a start beyond 127.0.0.1 fails without AUTH and ADMIN_PORT', async () => {
  const started = startIn(newFolder(), [main], { HOST: '0.0.0.0' })
  expect(await started.exit).toBe(1)
  expect(started.output()).toMatch(/^quadrille: AUTH is not set: .+\nquadrille: ADMIN_PORT is not set: .+\n$/)
})
