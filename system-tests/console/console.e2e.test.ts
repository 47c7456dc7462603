/** The console in Chromium, in front of a real shop. */

import { sized } from '@quadrille/testing'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { startInOneProcess } from '../systems.ts'
import { barriersOf } from './barriers.ts'
import { expectNoFault, openPage } from './browser.ts'
import { startConsoleFor } from './console.ts'
import { expectFocusOnContent } from './keyboard.ts'
import { useConsole } from './use-console.ts'

const started = useConsole(startInOneProcess, { mug: 1_000 })

const rowOf = (page: Page, id: string) => page.getByRole('row').filter({ has: page.locator(`a[href="/orders/${id}"]`) })

describe('the orders', () => {
  test('appear by themselves, and lead to their pages', async () => {
    const opened = await openPage(started.url)
    const { page } = opened
    await page.getByText('Live', { exact: true }).waitFor()
    const id = await started.place()
    await rowOf(page, id).getByText('fulfilled').waitFor()
    expect(await rowOf(page, id).textContent()).toContain('€25.00')
    await rowOf(page, id).click()
    await page.getByRole('heading', { name: id }).waitFor()
    await page.getByText('OrderFulfilled').waitFor()
    expect(await page.title()).toBe(`Order ${id.slice(-8)} · Quadrille`)
    await page.goBack()
    await rowOf(page, id).waitFor()
    expectNoFault(opened)
  })

  test('are filtered by the address, and found by their customer or the end of their id', async () => {
    const id = await started.place({ customer: 'grace' })
    await started.place({ customer: 'edsger' })
    const { page } = await openPage(started.url)
    await page.getByRole('searchbox').fill('grace')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Remove the filter Customer grace' }).waitFor()
    await rowOf(page, id).waitFor()
    await page.getByRole('combobox', { name: 'Status' }).selectOption('cancelled')
    await page.getByText('No order matches').waitFor()
    expect(page.url()).toBe(`${started.url}/?customerId=grace&status=cancelled`)
    await page.reload()
    await page.getByText('No order matches').waitFor()
    await page.getByRole('link', { name: 'Show all orders' }).click()
    await rowOf(page, id).waitFor()
    await page.getByRole('searchbox').fill(id.slice(-8))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: id }).waitFor()
  })

  test('contain text of strangers, which stays text', async () => {
    const customer = '<img src=x onerror=alert(1)>'
    const id = await started.place({ customer })
    const opened = await openPage(started.url)
    await rowOf(opened.page, id).getByText(customer).waitFor()
    await opened.page.goto(`${started.url}/orders/${id}`)
    await opened.page.getByRole('link', { name: customer }).click()
    await opened.page.getByRole('link', { name: `Remove the filter Customer ${customer}` }).waitFor()
    expect(await opened.page.locator('img[src="x"]').count()).toBe(0)
    expectNoFault(opened)
  })
})

describe('the flow', () => {
  test('has a line for each event with its rate, and each queue leads to its page', async () => {
    const opened = await openPage(`${started.url}/flow`)
    const { page } = opened
    await page.getByText('Live', { exact: true }).waitFor()
    const placed = page.getByRole('row', { name: /^OrderPlaced/ })
    expect(await placed.getByRole('cell').allTextContents()).toEqual([
      'publishes',
      'receives it',
      'receives it',
      'receives it',
      '',
    ])
    await started.place()
    await placed.getByText(/^0\.\d\/s$/).waitFor()
    await page
      .getByRole('link', { name: /^tasks 0 waiting 1 instance/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'payment.tasks' }).waitFor()
    await page.getByRole('row', { name: 'Charge OrderPlaced ChargeSucceeded, ChargeDeclined' }).waitFor()
    await page.goto(`${started.url}/flow/order/order.inbox`)
    await page.getByText('It is bound to payment.events, inventory.events').waitFor()
    expectNoFault(opened)
  })
})

describe('one order', () => {
  test('shows its money, its stock and its history, and on demand an event with the states before and after it', async () => {
    const id = await started.place({ customer: 'barbara' })
    const { page } = await openPage(`${started.url}/orders/${id}`)
    const panel = (name: string) => page.locator('section').filter({ has: page.getByRole('heading', { name }) })
    await panel('Stock').getByText('committed').waitFor()
    await panel('Money').getByText('€25.00').waitFor()
    await page.getByText('The warehouse reports each parcel to shipping').waitFor()
    await page.getByText('PaymentProcessed').click()
    await page.getByText('"gatewayReference"').waitFor()
    await page.getByText('The state before and after, in each service').click()
    await page.getByRole('row', { name: 'status "placed" "paid"' }).waitFor()
    await page.getByRole('row', { name: 'status "pending" "captured"' }).waitFor()
  })

  test('shows what is missing, who must answer and where its message is, until the order has ended', async () => {
    const id = await started.place({ customer: 'katherine', method: 'pm_sim_down' })
    const { page } = await openPage(`${started.url}/orders/${id}`)
    const ghost = page.getByRole('button', { name: /PaymentProcessed or PaymentDeclined\s*missing/ })
    await ghost.waitFor()
    await page.getByText('If it is still open then, it is cancelled').waitFor()
    await page
      .getByText(
        /has waited .* for an answer from payment: PaymentProcessed or PaymentDeclined\. .*The gateway failed to confirm/,
      )
      .waitFor()
    await page.getByRole('button', { name: /Charge\s*failed/ }).click()
    await page.getByRole('region', { name: 'Details of Charge' }).getByText('retried').first().waitFor()
    await started.shop.cancel(id)
    await page.getByRole('button', { name: 'PaymentVoided', exact: true }).waitFor()
    await ghost.waitFor({ state: 'detached' })
  })

  test('is cancelled from the keyboard, by a person who is asked first', async () => {
    const id = await started.place({ customer: 'donald', method: 'pm_sim_down' })
    const { page } = await openPage(`${started.url}/orders/${id}`)
    await page.getByRole('button', { name: 'Cancel the order…' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Your name, for the record' }).focus()
    await page.keyboard.type('Ada')
    await page.keyboard.press('Enter') // in a field it must not do what can't be undone
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('header .status').getByText('cancelled').waitFor()
    await page.getByRole('button', { name: 'PaymentVoided', exact: true }).waitFor()
    await expectFocusOnContent(page) // the button has gone
    expect((await started.shop.order(id)).cancellation).toEqual({ reason: 'customer' })
    await page.getByRole('link', { name: 'Operations on this order' }).click()
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="/orders/${id}"]`) })
    await row.getByText('cancel').waitFor()
    await row.getByText('done').waitFor()
  })

  test('is shown without the part of a service that is down', async () => {
    const id = await started.place({ customer: 'margaret' })
    const broken = await startConsoleFor(started.system, { down: 'payment' })
    try {
      const { page } = await openPage(`${broken.url}/orders/${id}`)
      await page.getByText('The payment service does not answer (ECONNREFUSED).').first().waitFor()
      await page.getByText('committed').waitFor()
      await page.getByText('OrderFulfilled').waitFor()
      await page.getByTitle('The dead letters of payment are not known').waitFor()
    } finally {
      await broken.stop()
    }
  })

  test('that does not exist is reported, and so is an address without a view', async () => {
    const { page } = await openPage(`${started.url}/orders/01a220d4-0e99-7000-a864-1b09a5dbe749`)
    await page.getByRole('heading', { name: 'There is no such order' }).waitFor()
    await page.goto(`${started.url}/nowhere`)
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  })
})

test('no view has a barrier, in either theme, also on a phone', async () => {
  const id = await started.place({ customer: 'radia' })
  await started.place({ customer: 'alan', method: 'pm_card_chargeDeclined' })
  const failing = await started.place({ customer: 'katherine', method: 'pm_sim_down' })
  const orders = { path: '/', text: id.slice(-8) }
  const openOrder = { path: `/orders/${failing}`, text: 'missing' }
  const flow = { path: '/flow', text: '0 waiting' }
  const others = [
    { path: '/?status=paid', text: 'No order matches' },
    { path: `/orders/${id}`, text: 'OrderFulfilled' },
    { path: '/flow/payment/payment.tasks', text: 'No message waits for a retry' },
    { path: '/nowhere', text: 'There is no such page' },
  ]
  const everyLook = (['light', 'dark'] as const).flatMap((theme) => [360, 1_280].map((width) => ({ theme, width })))
  const looks = sized({
    quick: [
      { ...orders, theme: 'light', width: 360 },
      { ...openOrder, theme: 'dark', width: 360 },
      { ...openOrder, theme: 'light', width: 1_280 },
      { ...flow, theme: 'dark', width: 1_280 },
    ] as const,
    full: [orders, openOrder, flow, ...others].flatMap((view) => everyLook.map((look) => ({ ...view, ...look }))),
  })
  for (const { path, text, theme, width } of looks) {
    const { page } = await openPage(started.url + path, { width, theme })
    await page.getByText(text).first().waitFor()
    expect(await barriersOf(page), `${path}, ${theme}, ${width} pixels wide`).toEqual([])
  }
})

test('the keyboard alone reaches an order', async () => {
  const id = await started.place()
  const { page } = await openPage(started.url)
  await rowOf(page, id).waitFor()
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content')
  for (let tabs = 0; tabs < 20; tabs += 1) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate('document.activeElement.textContent')) === id.slice(-8)) break
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: id }).waitFor()
})
