/** The rate limit of the gateway, by the gateway's own record: the time at which each charge was created there. */
import { newOrderId } from '@quadrille/events'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { createVhost } from '@quadrille/testing'
import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { openStage } from './stage.ts'

const perSecond = 20
/** How much later than its permit a charge may reach the gateway, s, because this machine is busy. */
const slackS = 0.5

/** The largest excess of charges over the limit in any period: one second's worth, and then the rate. */
const largestExcess = (times: readonly number[]): number =>
  Math.max(
    ...times.flatMap((from, first) =>
      times.slice(first).map((until, count) => count + 1 - perSecond - perSecond * ((until - from) / 1_000 + slackS)),
    ),
  )

it('holds over three instances and across a restart, and no charge is lost or counts an attempt more', async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(vhost.drop)
  await using stage = await openStage(
    inject('postgresUrl'),
    { GATEWAY_RATE: `${perSecond}/s` },
    { amqpUrl: vhost.url, instances: 3 },
  )
  const expiresAt = new Date(Date.now() + 900_000).toISOString()
  const place = (orderId: string) =>
    stage.publish(aMessage('OrderPlaced', { ...aPlacedOrder(orderId, 'pm_card_visa'), expiresAt }))
  const createdAt = async () => {
    const rows = await stage.database.query<{ at: Date }>(
      'select created_at as at from gateway.intent order by created_at',
    )
    return rows.map(({ at }) => at.getTime())
  }
  const untilCreated = (count: number) =>
    vi.waitFor(async () => expect((await createdAt()).length).toBeGreaterThanOrEqual(count), { timeout: 20_000 })
  const orderIds = Array.from({ length: 3 * perSecond }, newOrderId)
  await Promise.all(orderIds.map(place))
  await untilCreated(1.5 * perSecond)
  await stage.restart()
  await untilCreated(orderIds.length)
  const times = await createdAt()
  expect(times).toHaveLength(orderIds.length)
  expect(largestExcess(times)).toBeLessThanOrEqual(0)
  const captured = { status: 'captured', attempts: 1, count: orderIds.length }
  const payments = () =>
    stage.database.query('select status, attempts, count(*)::integer from payment group by status, attempts')
  await vi.waitFor(async () => expect(await payments()).toEqual([captured]), { timeout: 20_000 })
})
