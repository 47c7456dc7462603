import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { drawHistory, type HistoryEvent, readHistory, traceIdOf } from '../src/history.ts'

const event = (id: string, type: string, more: Partial<HistoryEvent> = {}): HistoryEvent => ({
  ...{ id, type, source: '/order', time: '2026-01-01T00:00:00.000Z' },
  ...more,
})

test('events are in time order, each below its cause', () => {
  const drawn = drawHistory([
    event('3', 'InventoryReserved', { source: '/inventory', time: '2026-01-01T00:00:00.040Z', causationid: '2' }),
    event('2', 'PaymentProcessed', { source: '/payment', time: '2026-01-01T00:00:00.021Z', causationid: 'a task' }),
    event('1', 'OrderPlaced'),
  ])
  expect(drawn.split('\n')).toEqual([
    '     ms  event',
    '      0  order: OrderPlaced',
    '     21  payment: PaymentProcessed',
    '     40    inventory: InventoryReserved',
  ])
})

test('the trace id comes from the events', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  expect(traceIdOf([event('1', 'OrderPlaced', { traceparent })])).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
  expect(traceIdOf([event('1', 'OrderPlaced')])).toBeNull()
})

/** The URL of a server with this response. */
const respond = async (status: number, body: string): Promise<string> => {
  const server = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('an order that does not exist is reported with the words of the order service', async () => {
  const url = await respond(404, JSON.stringify({ detail: 'There is no order with this id.' }))
  await expect(readHistory(url, 'an-id')).rejects.toThrow(/^There is no order with this id\.$/)
})

test.each([
  [502, '<html>Bad gateway</html>'],
  [200, '<html>Welcome</html>'],
  [200, '{}'],
])('a response of another server is reported with its URL: %i %s', async (status, body) => {
  const url = await respond(status, body)
  await expect(readHistory(url, 'an-id')).rejects.toThrow(
    `${url}/orders/an-id/events?limit=100 returned ${status} without events. Check ORDER_URL.`,
  )
})

test.each(['localhost:3000', 'the-order-service'])('a URL without a scheme is printed as given: %s', async (url) => {
  await expect(readHistory(url, 'an-id')).rejects.toThrow(`No answer from ${url}. Run npm start, or set ORDER_URL`)
})
