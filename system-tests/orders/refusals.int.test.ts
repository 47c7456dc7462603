/**
 * For every route with a body: an error response has at most 64 kB for any request, and other responses are not much
 * larger than their request.
 */
import { mapServicesAsync, type ServiceName } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { inProcessBroker } from '@quadrille/messaging'
import type { RunningService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { sized } from '@quadrille/testing'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

const log = pino({ level: 'silent' })
const broker = inProcessBroker({ onError: () => undefined })
const undo: (() => Promise<unknown>)[] = [() => broker.close()]
const services = new Map<string, RunningService>()

const start = async (name: ServiceName): Promise<void> => {
  const database = await createServiceDatabase(inject('postgresUrl'), definitions[name])
  undo.push(() => database.drop())
  const service = await definitions[name].start({ broker, log, env: { DATABASE_URL: database.url, PORT: '0' } })
  undo.push(() => service.stop())
  services.set(name, service)
}

beforeAll(() => mapServicesAsync(start))
afterAll(async () => {
  for (const step of undo.toReversed()) await step()
})

const maxErrorBytes = 65_536
const maxBody = 256 * 1_024

const route = fc.constantFrom(
  { service: 'order', method: 'POST', path: '/orders' },
  { service: 'order', method: 'POST', path: '/orders/0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a/cancel' },
  { service: 'payment', method: 'POST', path: '/payments/0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a/refund' },
  { service: 'inventory', method: 'PUT', path: '/stock/mug' },
  { service: 'inventory', method: 'POST', path: '/stock/mug/receipts' },
  { service: 'notification', method: 'POST', path: '/dead-letters/replay' },
  { service: 'notification', method: 'POST', path: '/dead-letters/0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a/replay' },
)

/** Names and texts that are longer in a response than in a request, or that are parsed differently. */
const piece = fc.constantFrom('a', '"', '/', '~', 'é', '😀', '\\u0000', '\\ud800', '__proto__', 'constructor', '\u2028')
const text = fc
  .tuple(piece, fc.integer({ min: 0, max: 3_000 }))
  .map(([what, times]) => what.replaceAll('"', '\\"').repeat(times))

const atLength = (unit: string, share: number, around: (inner: string) => string): string =>
  around(unit.repeat(Math.max(1, Math.floor((share * maxBody) / Buffer.byteLength(unit)))))

/** As many fields as fit into a body: a response that names each of them by its full name would be as large. */
const unknownFields = (count: number, name: string): string => {
  const fitting = Math.min(count, Math.floor(maxBody / (Buffer.byteLength(name) + 10)))
  return `{${Array.from({ length: fitting }, (_, index) => `"${index}${name}":{}`).join(',')}}`
}

const body = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc
    .double({ min: 0.01, max: 0.99, noNaN: true })
    .map((share) => atLength('{"sku":"","quantity":-1,"x":0},', share, (lines) => `{"lines":[${lines}{}]}`)),
  fc.double({ min: 0.01, max: 0.99, noNaN: true }).map((share) => atLength('[', share, (open) => open)),
  fc.tuple(fc.integer({ min: 1, max: 2_000 }), text).map(([count, name]) => unknownFields(count, name)),
  fc
    .tuple(text, text)
    .map(([key, value]) => `{"metadata":{"${key}":"${value}"},"reference":"${value}","${key}":"${value}"}`),
  fc
    .tuple(fc.constantFrom('customer', 'lines', 'payment', 'onHand', 'reason', 'ids', 'note'), text)
    .map(([field, value]) => `{"${field}":"${value}"}`),
)

/** A body within the size limit. It is JSON or almost JSON. */
const sent = body.filter((text) => Buffer.byteLength(text) <= maxBody)

describe('an error response', () => {
  it('has at most 64 kB for any body', async () => {
    await fc.assert(
      fc.asyncProperty(route, sent, async ({ service, method, path }, text) => {
        const response = await fetch(`${services.get(service)?.url}${path}`, {
          method,
          headers: { 'content-type': 'application/json' },
          body: text,
        })
        const bytes = (await response.arrayBuffer()).byteLength
        expect(response.status).toBeLessThan(500)
        expect(bytes).toBeLessThanOrEqual(response.status < 400 ? Buffer.byteLength(text) + 2_048 : maxErrorBytes)
      }),
      { numRuns: sized({ quick: 100, full: 300 }) },
    )
  })

  it('has at most 64 kB for any path, query and headers', async () => {
    const long = '%22'.repeat(2_500)
    const { url = '' } = services.get('order') ?? {}
    const answers = await Promise.all([
      fetch(`${url}/${long}`),
      fetch(`${url}/orders/${long}`),
      fetch(`${url}/orders?${Array.from({ length: 900 }, (_, index) => `${index}=1`).join('&')}`),
      fetch(`${url}/orders?cursor=${long}`),
      fetch(`${url}/orders`, { headers: { accept: 'text/x'.repeat(1_000) } }),
      fetch(`${url}/orders`, { method: 'POST', headers: { 'content-type': 'text/x'.repeat(1_000) }, body: '' }),
    ])
    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect((await answer.arrayBuffer()).byteLength).toBeLessThanOrEqual(maxErrorBytes)
    }
  })
})
