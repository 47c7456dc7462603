/** The pages of an order in Chromium, with a fault at a moment that the test chooses. It answers in place of the services. */

import type { RunningConsole } from '@quadrille/console/server'
import { mapServices } from '@quadrille/events'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { startConsoleFor } from './console.ts'
import { expectFocusOnContent } from './keyboard.ts'

let console_: RunningConsole
beforeAll(async () => {
  console_ = await startConsoleFor({ urls: mapServices(() => 'http://127.0.0.1:9') })
})
afterAll(() => console_.stop())

const at = '2026-01-01T10:00:00Z'
const id = '01a220d4-0e99-7000-a864-1b09a5dbe749'

const placed = {
  ...{ id, status: 'placed', settled: false, reference: null, cancellation: null, createdAt: at, updatedAt: at },
  ...{ customer: { id: 'ada', email: 'ada@example.com' }, currency: 'EUR', total: 2_500, lines: [], shipments: [] },
  ...{ payment: { status: 'pending' }, inventory: { status: 'pending' }, notifications: [] },
}

const cancelled = { ...placed, status: 'cancelled', cancellation: { reason: 'out_of_stock' } }
const unrefunded = { ...cancelled, payment: { status: 'refund_failed' }, inventory: { status: 'rejected' } }

const diagnosis = (where: object) => ({
  ...{ missing: ['PaymentRefunded'], owedBy: 'payment', since: at, remedy: null },
  where: {
    ...{ service: 'payment', place: 'task', type: null, messageId: null, queue: null, attempts: null },
    ...{ error: null, since: null, at: null, deadLetterId: null, ...where },
  },
})

const failure = { detail: 'It has failed.' }

/** Opens a view. A number is the status of an error. The test may change the answers of the routes later. */
const openWith = async (path: string, answers: Record<string, object | number>): Promise<Page> => {
  const { page } = await openPage(`${console_.url}/nowhere`)
  for (const route of Object.keys(answers))
    await page.route(`**/api/${route}`, (call) => {
      const answer = answers[route]
      return typeof answer === 'number'
        ? call.fulfill({ status: answer, json: failure })
        : call.fulfill({ json: answer ?? {} })
    })
  await page.goto(console_.url + path)
  return page
}

test('a refund that was made while its event waits in the outbox can’t be requested again', async () => {
  const refund = { attempts: 2, refusal: null, refusals: [], manualReference: null }
  const stuck = { ...unrefunded, diagnoses: [diagnosis({ place: 'outbox', type: 'PaymentRefunded' })] }
  const page = await openWith('/stuck', {
    'order/orders?stuck*': { items: [stuck], nextCursor: null },
    'payment/payments/*': { status: 'refunded', captured: 2_500, refunded: 2_500, currency: 'EUR', refund },
  })
  await page.getByText('The gateway has made the refund. PaymentRefunded is in the outbox of payment').waitFor()
  expect(await page.getByRole('button', { name: 'Retry the refund…' }).isDisabled()).toBe(true)
  expect(await page.getByRole('button', { name: 'Record it as made by hand…' }).isDisabled()).toBe(true)
})

test('while the payment can’t be read, a refused refund can’t be repeated: another operator may have requested it', async () => {
  const refund = { attempts: 1, refusal: null, refusals: [], manualReference: null }
  const answers: Record<string, object | number> = {
    'order/orders?stuck*': { items: [{ ...unrefunded, diagnoses: [diagnosis({})] }], nextCursor: null },
    'payment/payments/*': { status: 'refund_failed', captured: 2_500, refunded: 0, currency: 'EUR', refund },
  }
  const page = await openWith('/stuck', answers)
  const retry = page.getByRole('button', { name: 'Retry the refund…' })
  await expect.poll(() => retry.isEnabled()).toBe(true)
  await page.getByText('Otherwise refund the customer in another way').waitFor()
  answers['payment/payments/*'] = 503
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))") // the page then reads everything again
  await page.getByText('Do not refund by hand before the payment can be read. It has failed.').waitFor()
  expect(await page.getByText('Otherwise refund the customer in another way').count()).toBe(0)
  expect(await retry.isDisabled()).toBe(true)
  expect(await page.getByRole('button', { name: 'Record it as made by hand…' }).isDisabled()).toBe(true)
})

test('the page of an order says why no button helps, and that the diagnosis can’t be read', async () => {
  const answers: Record<string, object | number> = {
    [`order/orders/${id}`]: placed,
    'order/orders/*/events?*': { items: [], nextCursor: null },
    'order/orders/*/diagnosis': { items: [diagnosis({ place: 'outbox', type: 'ChargeSucceeded' })] },
  }
  const page = await openWith(`/orders/${id}`, answers)
  await page.getByText('as soon as the broker accepts it').waitFor()
  answers['order/orders/*/diagnosis'] = 503
  await page.getByText('The diagnosis of the order can’t be shown. It has failed.').waitFor()
  expect(await page.getByText('as soon as the broker accepts it').count()).toBe(0)
})

test('a message that waited in a service that has stopped since is no longer shown as waiting', async () => {
  const retry = {
    ...{ messageId: 'm1', causationId: null, type: 'Charge', place: 'retry', queue: 'payment.tasks', attempts: 1 },
    ...{ error: 'It failed.', since: at, at, deadLetterId: null },
  }
  const answers: Record<string, object | number> = {
    [`order/orders/${id}`]: placed,
    'order/orders/*/events?*': { items: [], nextCursor: null },
    'order/orders/*/diagnosis': { items: [] },
    'payment/whereabouts?*': { items: [{ orderId: id, handled: [], waiting: [retry], task: null }] },
  }
  const page = await openWith(`/orders/${id}`, answers)
  await page.getByRole('button', { name: /^Charge\s*retry/ }).waitFor()
  answers['payment/whereabouts?*'] = 503
  await page.getByText('Messages in payment may be missing here: It has failed.').waitFor()
  expect(await page.getByRole('button', { name: /^Charge\s*retry/ }).count()).toBe(0)
})

test('the error of a cancellation stays, although the order has ended meanwhile', async () => {
  const answers: Record<string, object | number> = {
    [`order/orders/${id}`]: placed,
    'order/orders/*/cancel': 409,
  }
  const page = await openWith(`/orders/${id}`, answers)
  await page.getByRole('button', { name: 'Cancel the order…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Your name, for the record' }).fill('Ada')
  answers[`order/orders/${id}`] = { ...placed, status: 'fulfilled', settled: true }
  await dialog.getByRole('button', { name: 'Cancel the order' }).click()
  await dialog.getByText('The order has ended as fulfilled.').waitFor()
  await dialog.getByText('It has failed.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Cancel the order' }).isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('button', { name: 'Cancel the order…' }).waitFor({ state: 'detached' })
  await expectFocusOnContent(page)
})
