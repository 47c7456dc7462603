/** Dry runs with the real services show states, events and tasks, and mask payment methods. */
import { type Message, newOrderId } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { inProcessBroker } from '@quadrille/messaging'
import { payment } from '@quadrille/payment'
import { openDatabase } from '@quadrille/postgres'
import { type RunningService, type ServiceDefinition, startService } from '@quadrille/service'
import { deadLetterTable } from '@quadrille/service/tools'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { noon } from '@quadrille/testing'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test } from 'vitest'

const deadLetterId = '0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a'
const orderId = newOrderId()

/** Starts the service with this message as a dead letter, and returns the result of the dry run. */
const dryRunOf = async <State, Config>(definition: ServiceDefinition<State, Config>, message: Message) => {
  const service = await startAlone(definition, message)
  const answer = await fetch(`${service.url}/dead-letters/${deadLetterId}/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{ "dryRun": true }',
  })
  return answer.json()
}

const startAlone = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  message: Message,
): Promise<RunningService> => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), definition)
  const broker = inProcessBroker({ onError: () => undefined })
  const env = { DATABASE_URL: url, PORT: '0' }
  const service = await startService(definition, { broker, env, log: pino({ level: 'silent' }) })
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(async () => {
    await database.end()
    await service.stop()
    await broker.close()
    await drop()
  })
  const { id, type, subject: correlationId } = message
  const sent = { appId: 'order', contentType: 'application/cloudevents+json', timestamp: noon, headers: {} }
  await deadLetterTable(database).add([
    {
      id: deadLetterId,
      queue: `${definition.model.name}.inbox`,
      exchange: 'order.events',
      message: { id, type, correlationId, ...sent, body: Buffer.from(JSON.stringify(message)) },
      ...{ reason: 'attempts_exhausted', error: 'as an example', stack: null, attempts: 6 },
      ...{ firstFailedAt: noon, lastFailedAt: noon },
    },
  ])
  return service
}

test('inventory would release the stock of a cancelled order', async () => {
  const cancelled = aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' })
  expect(await dryRunOf(inventory, cancelled)).toEqual({
    outcome: 'applied',
    before: { stock: {} },
    after: { reservation: { orderId, status: 'released', lines: [] }, stock: {} },
    events: [
      expect.objectContaining({ type: 'InventoryReleased', causationid: cancelled.id, data: { orderId, lines: [] } }),
    ],
    tasks: [],
  })
})

test('payment would charge a placed order; the payment method is masked', async () => {
  const placed = aMessage('OrderPlaced', aPlacedOrder(orderId, 'pm_secret'))
  const answer = await dryRunOf(payment, placed)
  expect(answer).toMatchObject({
    outcome: 'applied',
    before: null,
    after: { orderId, status: 'pending' },
    events: [],
    tasks: [{ type: 'Charge', data: { orderId, amount: 4_500, method: '***' } }],
  })
  expect(JSON.stringify(answer)).not.toContain('pm_secret')
})
