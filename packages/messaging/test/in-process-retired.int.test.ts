/**
 * Retries in the store of a channel that is no longer configured are kept and reported, until it is configured again.
 */
import { expect, it } from 'vitest'
import { ackAll, aMessage, aService, memoryStores, observe, outbox, unique, until } from '../conformance/index.ts'
import { inProcessBroker, withWorkQueues } from '../src/index.ts'

it('the retries of a retired queue stay in the retry store', async () => {
  const name = unique('notifier')
  const [email, webhook, fanout] = [`${name}.email`, `${name}.webhook`, `${name}.channels`]
  const before = aService(name, { work: [email, webhook], fanout })
  const stores = memoryStores()
  const message = aMessage('m1')
  const waiting = {
    message,
    exchange: fanout,
    attempts: 1,
    crashes: 0,
    firstFailedAt: new Date(),
    delayMs: 0,
    error: 'x',
  }
  await stores.retries.add(webhook, [waiting])

  const errors: string[] = []
  const onError = (error: unknown, step: string) => void errors.push(`${step}: ${error}`)
  const now = inProcessBroker({ onError, pollMs: 10 })
  const participant = now.join(withWorkQueues(before, [email]), stores)
  await until(() => errors).toEqual([
    `retire: RetiredQueueKept: ${webhook} is no longer configured, but is kept: messages wait in the table retry. Configure it again, or delete them.`,
  ])
  const { ids: handled } = observe(participant, email, { handle: ackAll })
  await outbox(participant.publisher, { exchange: fanout, routingKey: '' }, ['m2'])
  expect(handled()).toEqual(['m2'])
  await now.close()
  expect(stores.retries.rows.size).toBe(1)

  const again = inProcessBroker({ onError, pollMs: 10 })
  const { ids: handledAgain } = observe(again.join(before, stores), webhook, { handle: ackAll })
  await until(handledAgain).toEqual(['m1'])
  await again.close()
})
