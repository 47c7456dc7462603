/** An order's history in memory, in every order of arrival. */
import { type Message, newOrderId, shop } from '@quadrille/events'
import { fold } from '@quadrille/service/tools'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { NotificationLogSet } from '../src/db/tables.ts'
import { activeChannels } from '../src/domain/notification-log.ts'
import { notification } from '../src/service.ts'

const options = { language: shop, service: 'notification', reactions: notification.reactions, now: noon }

const orderId = newOrderId()
const money = { orderId, amount: 4_500, currency: 'EUR' }
const history: readonly Message[] = [
  aMessage('OrderPlaced', aPlacedOrder(orderId)),
  aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' }),
  aMessage('PaymentRefundFailed', { ...money, code: 'charge_disputed' }),
  aMessage('PaymentRefunded', { ...money, gatewayReference: 'by-hand' }),
]

const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))

const run = (messages: readonly Message[]) => {
  const set = new NotificationLogSet()
  const { steps, failures } = fold(set, messages, options)
  return { set, failures, tasks: steps.flatMap(({ tasks }) => tasks.map(({ id }) => id)) }
}

describe('in every order of arrival', () => {
  it.each(permutations(history).map((messages) => ({ types: messages.map(({ type }) => type).join(', '), messages })))(
    '$types: one notification per occasion, but not of an order after its end, nor of a refusal after the refund',
    ({ messages }) => {
      const { set, failures, tasks } = run([...messages, ...messages])
      expect(failures.size).toBe(0)
      const [thanks, end, refusal, refund] = run(history).tasks
      const types = messages.map(({ type }) => type)
      const refusedFirst = types.indexOf('PaymentRefundFailed') < types.indexOf('PaymentRefunded')
      const due = [...(types[0] === 'OrderPlaced' ? [thanks] : []), end, ...(refusedFirst ? [refusal] : []), refund]
      expect(tasks.toSorted()).toEqual(due.toSorted())
      expect(set.notifications.inserted()).toHaveLength(due.length * activeChannels.length)
      expect(set.addressees.get(orderId)?.occasions).toHaveLength(4)
    },
  )
})
