import { expect, it } from 'vitest'
import { dueNotificationFaults } from '../src/invariants/due-notifications.ts'

it('accepts a notification through any channel, but not one of another occasion', () => {
  const faults = (notifications: string) => [...dueNotificationFaults({ total: 1 }, ['order_placed'], notifications)]
  expect(faults('email:order_placed:sent')).toEqual([])
  expect(faults('web:order_placed:failed')).toEqual([])
  expect(faults('web:order_cancelled:sent')).toEqual(['order_placed has no notification'])
})
