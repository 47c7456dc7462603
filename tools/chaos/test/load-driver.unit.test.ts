import { expect, test } from 'vitest'
import { serveWithoutFaults } from '../src/load/customers.ts'
import { untilSettled } from '../src/load/until-settled.ts'
import { instancesThatAnswer, loadOn } from './shops.ts'

test('customers who get no answer in time end, are counted, and do not end the run', async () => {
  const { instances } = await instancesThatAnswer([
    ({ url }, response) => void (url !== '/orders' && response.end('{}')), // never accepts an order
  ])
  const driver = await loadOn(instances)
  const group = driver.openGroup({ timeoutMs: 50 })
  const { stillWaiting } = await group.within(1, serveWithoutFaults(group))
  expect(stillWaiting).toBeGreaterThan(90)
  expect(driver.signal.aborted).toBe(false)
  await untilSettled(driver)
  expect(driver.openGroup().signal.aborted).toBe(false)
})
