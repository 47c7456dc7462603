/** Stuck orders and dead letters, found and repaired in the console, with faults of a real shop. */
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { expectNoBarrier } from './barriers.ts'
import { expectNoFault, openPage } from './browser.ts'
import { startConsoleFor } from './console.ts'
import { startFailingShop } from './failing-shop.ts'
import { enter, expectFocusOn, expectFocusOnContent, tabTo } from './keyboard.ts'
import { press, replay } from './repair-steps.ts'
import { useConsole } from './use-console.ts'

const started = useConsole(startFailingShop, { mug: 1_000 })

test('a stuck order leads to its dead letter, and is repaired from the keyboard at the second replay', async () => {
  const id = await started.place({ method: 'pm_sim_flaky' }) // the gateway fails twice
  const opened = await openPage(`${started.url}/stuck`)
  const { page } = opened
  await page
    .getByText(
      /has waited .* for an answer from payment: PaymentProcessed or PaymentDeclined.*Charge is a dead letter of payment/,
    )
    .waitFor()
  await page.getByRole('link', { name: 'Stuck 1' }).waitFor()
  await expectNoBarrier(page)
  await press(page, 'link', 'Open the dead letter')
  await page.getByRole('heading', { name: 'Charge of payment, no attempts left' }).waitFor()
  await page.getByText('"method": "***"').waitFor()
  await replay(page)
  await page.getByText('0 of 1 handled, 1 dead again').waitFor()
  await press(page, 'link', 'dead letter again')
  await page.getByText('waits for a person', { exact: true }).waitFor()
  await replay(page)
  await page.getByText('1 of 1 handled').waitFor()
  await page.getByText(/replay by Ada/).waitFor()
  await press(page, 'link', 'Operations')
  const replays = page.getByRole('row').filter({ hasText: 'replay of Charge' })
  await replays.first().getByText('handled').waitFor()
  await replays.nth(1).getByRole('link', { name: 'dead letter again' }).waitFor()
  await expectNoBarrier(page)
  await press(page, 'link', /^Stuck/)
  await page.getByText('No order is stuck').waitFor()
  expect((await started.shop.order(id)).status).toBe('fulfilled')
  expectNoFault(opened)
})

test('from the first page to a repaired order by Tab, Enter, arrows and Escape alone', async () => {
  const id = await started.place({ method: 'pm_sim_flaky' }) // the gateway fails twice
  const opened = await openPage(started.url)
  const { page } = opened
  await page.getByRole('link', { name: 'Stuck 1' }).waitFor()
  await enter(page, 'Skip to the content')
  await expectFocusOnContent(page)
  await tabTo(page, /^Status/)
  for (let choice = 1; choice <= 5; choice += 1) await page.keyboard.press('ArrowDown')
  await expect.poll(() => page.url()).toBe(`${started.url}/?stuck=true`)
  await page.getByText(/Charge is a dead letter of payment/).waitFor()
  await enter(page, id.slice(-8))
  await expectFocusOnContent(page)
  await page.getByRole('button', { name: /^Charge\s*dead letter/ }).waitFor()
  await enter(page, /^Charge\s*dead letter/)
  await expectFocusOn(page, 'Charge')
  await page.keyboard.press('Escape')
  await expectFocusOn(page, /^Charge\s*dead letter/)
  await page.keyboard.press('Enter')
  await expectFocusOn(page, 'Charge')
  await enter(page, /^Charge\s*failed/, 'Shift+Tab') // while the details of the other node are open
  await expectFocusOn(page, 'Charge')
  await page.getByRole('region', { name: 'Details of Charge' }).getByText('dead letter').first().waitFor()
  await page.keyboard.press('Escape')
  await expectFocusOn(page, /^Charge\s*failed/)
  await enter(page, /^Charge\s*dead letter/)
  await enter(page, /^Dead letter .* of payment$/)
  await expectFocusOnContent(page)
  await page.getByRole('button', { name: 'Dry run' }).waitFor()
  await enter(page, 'Dry run')
  await page.getByRole('heading', { name: 'Dry run' }).waitFor()
  await enter(page, 'Replay…')
  await page.keyboard.press('Escape')
  await expectFocusOn(page, 'Replay…')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Your name, for the record')
  await page.keyboard.type('Ada')
  await page.keyboard.press('Enter')
  await page.getByText('0 of 1 handled, 1 dead again').waitFor()
  await expectFocusOn(page, 'After the replay')
  await enter(page, 'dead letter again')
  await expectFocusOnContent(page)
  await page.getByRole('button', { name: 'Dry run' }).waitFor()
  await enter(page, 'Dry run')
  await page.getByRole('heading', { name: 'Dry run' }).waitFor()
  await enter(page, 'Replay…')
  await tabTo(page, 'Your name, for the record')
  await page.keyboard.press('Enter')
  await page.getByText('1 of 1 handled').waitFor()
  await enter(page, /^Stuck/, 'Shift+Tab')
  await page.getByText('No order is stuck').waitFor()
  expect((await started.shop.order(id)).settled).toBe(true)
  expectNoFault(opened)
})

test('stuck orders are listed again without an event, because an order becomes stuck without one', async () => {
  const id = await started.place({ customer: 'hedy' })
  await waitUntil(async () => (await started.shop.order(id)).settled)
  const { page } = await openPage(started.url)
  let isStuck = false
  await page.route('**/api/order/orders?customerId=hedy&stuck=true*', (route) =>
    isStuck
      ? route.continue({ url: `${started.url}/api/order/orders?customerId=hedy` })
      : route.fulfill({ json: { items: [], nextCursor: null } }),
  )
  await page.goto(`${started.url}/?customerId=hedy&stuck=true`)
  await page.getByText('No order matches').waitFor()
  await page.getByText('Live', { exact: true }).waitFor() // from now on, no event lets the page read again
  isStuck = true
  await page.locator(`a[href="/orders/${id}"]`).first().waitFor()
})

test('the dead letters of the other services are shown while one is down', async () => {
  await started.place({ method: 'pm_sim_flaky' })
  const broken = await startConsoleFor(started.system, { down: 'inventory' })
  try {
    const { page } = await openPage(`${broken.url}/dead-letters`)
    await page.getByText('The inventory service does not answer (ECONNREFUSED).').waitFor()
    await page.getByRole('row').filter({ hasText: 'Charge' }).waitFor()
  } finally {
    await broken.stop()
  }
})

test('the flow shows where a dead letter is, leads to it, and goes on without a service that has stopped', async () => {
  await started.place({ method: 'pm_sim_flaky' })
  const opened = await openPage(`${started.url}/flow`)
  const { page } = opened
  await page.getByRole('link', { name: /^tasks 0 waiting.* dead$/ }).waitFor()
  await expectNoBarrier(page)
  await press(page, 'link', /^tasks 0 waiting.* dead$/)
  await page.getByRole('heading', { name: 'payment.tasks' }).waitFor()
  await expectNoBarrier(page)
  await press(page, 'link', /Charge, no attempts left/)
  await page.getByRole('heading', { name: 'Charge of payment, no attempts left' }).waitFor()
  await started.system.stopService('shipping')
  await page.setViewportSize({ width: 390, height: 900 })
  await page.goto(`${started.url}/flow`)
  await page.getByText('The shipping service does not answer (ECONNREFUSED).').waitFor()
  await page.getByRole('link', { name: /^tasks 0 waiting.* dead$/ }).waitFor()
  await expectNoBarrier(page)
  expectNoFault(opened)
})
