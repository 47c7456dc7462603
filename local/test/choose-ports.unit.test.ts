import { expect, test } from 'vitest'
import { choosePorts } from '../src/choose-ports.ts'
import { readOptions } from '../src/options.ts'

test('each port 0 of a running service is replaced by another free port, and other ports stay', async () => {
  const given = readOptions({
    ORDER_PORT: '0',
    PAYMENT_PORT: '0',
    INVENTORY_PORT: '4002',
    SHIPPING_PORT: '0',
    SHIPPING: 'off',
  })
  const chosen = await choosePorts(given)
  expect(chosen).toEqual({ ...given, ORDER_PORT: expect.any(Number), PAYMENT_PORT: expect.any(Number) })
  expect(new Set([0, chosen.ORDER_PORT, chosen.PAYMENT_PORT]).size).toBe(3)
})
