import { newOrderId } from '@quadrille/events'
import { aMessage } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { countNotifications } from '../src/count-notifications.ts'
import type { NotificationLog } from '../src/domain/notification-log.ts'

const about = { orderId: newOrderId(), channel: 'email', occasion: 'order_placed' } as const
const sent = aMessage('NotificationSent', about)
const failed = aMessage('NotificationFailed', { ...about, code: 'smtp_550' })
const replaced = aMessage('NotificationFailed', { ...about, code: 'overtaken' })
const state: NotificationLog = { addressee: undefined, notifications: [] }
const step = (message: typeof sent | typeof failed, events: readonly (typeof sent | typeof failed)[]) => ({
  ...{ message, events, tasks: [] },
  ...{ before: state, after: state },
})

it('counts a notification at its result, and not when the result is restored', async () => {
  const registry = new Registry()
  const count = countNotifications(registry)
  expect(await registry.metrics()).toContain('quadrille_notifications_total{channel="email",status="failed"} 0\n')
  count(
    [step(sent, []), step(sent, [sent]), step(failed, [failed, failed]), step(replaced, [replaced]), step(failed, [])],
    noon,
  )
  const page = await registry.metrics()
  expect(page).toContain('quadrille_notifications_total{channel="email",status="sent"} 1\n')
  expect(page).toContain('quadrille_notifications_total{channel="email",status="failed"} 2\n')
  expect(page).toContain('quadrille_notifications_total{channel="email",status="overtaken"} 1\n')
})
