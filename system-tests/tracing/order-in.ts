import { waitFor } from '@quadrille/testing/waiting'
import { expect } from 'vitest'
import { type Started, untilPrinted } from '../start/started.ts'

/**
 * Places an order, waits for the customer's two notifications, and stops everything, so that all spans are exported.
 */
export const orderIn = async (started: Started, method: string, headers = {}): Promise<string> => {
  await untilPrinted(started, 'ready')
  const url = /http:\S+\/orders/.exec(started.output())?.[0] ?? ''
  const body = {
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
    payment: { method },
  }
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const { id } = (await answer.json()) as { id: string }
  const notificationCount = async () =>
    ((await (await fetch(`${url}/${id}`)).json()) as { notifications: unknown[] }).notifications.length
  await waitFor(async () => expect(await notificationCount()).toBe(2))
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
  return id
}
