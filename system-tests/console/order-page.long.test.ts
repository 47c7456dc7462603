/** The pages of an order in Chromium, with a fault at a moment that the test chooses. It answers in place of the services. */

import type { RunningConsole } from '@quadrille/console/server'
import { mapServices } from '@quadrille/events'
import type { Page, Route } from 'playwright-core'
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

const refused = {
  ...{ status: 'refund_failed', captured: 2_500, refunded: 0, currency: 'EUR', gatewayReference: null },
  refund: { attempts: 1, refusal: null, refusals: [], manualReference: null },
}
const recorded = {
  ...refused,
  status: 'refunded',
  refunded: 2_500,
  refund: { ...refused.refund, manualReference: 'transfer 7' },
}

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
  await page
    .getByRole('status')
    .getByText('Do not refund by hand before the payment can be read. It has failed.')
    .waitFor()
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

test('values as long as the API allows do not make the page of an order wider than a phone', async () => {
  const long = { reference: 'r'.repeat(100), customer: { id: 'c'.repeat(100), email: `${'e'.repeat(60)}@example.com` } }
  const page = await openWith(`/orders/${id}`, { [`order/orders/${id}`]: { ...placed, ...long } })
  await page.setViewportSize({ width: 360, height: 900 })
  await page.getByRole('link', { name: long.reference }).waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
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

/** The page of an order and the list of stuck orders, each before and after another operator has refunded the order. */
const refundPages = [
  {
    path: `/orders/${id}`,
    before: { 'order/orders/*/diagnosis': { items: [diagnosis({})] } },
    after: { 'order/orders/*/diagnosis': { items: [] } },
  },
  {
    path: '/stuck',
    before: { 'order/orders?stuck*': { items: [{ ...unrefunded, diagnoses: [diagnosis({})] }], nextCursor: null } },
    after: { 'order/orders?stuck*': { items: [], nextCursor: null } },
  },
]

/** Opens one of them, and the dialog there that records a refund, with what a person types into it. */
const recordRefund = async ({ path, before }: (typeof refundPages)[number]) => {
  const answers: Record<string, object | number> = {
    [`order/orders/${id}`]: unrefunded,
    'order/orders/*/events?*': { items: [], nextCursor: null },
    'payment/payments/*': refused,
    ...before,
  }
  const page = await openWith(path, answers)
  await page.getByRole('button', { name: 'Record it as made by hand…' }).click()
  const dialog = page.getByRole('dialog')
  const proof = dialog.getByRole('textbox', { name: /^The proof/ })
  await proof.fill('transfer 8')
  await dialog.getByRole('textbox', { name: 'Your name, for the record' }).fill('Ada')
  return { page, answers, dialog, proof, confirm: dialog.getByRole('button', { name: 'Record the refund' }) }
}

const readAgain = (page: Page) => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

test.each(refundPages)('$path keeps the dialog of a refund while the services do not answer', async (refundPage) => {
  const { page, answers, dialog, proof, confirm } = await recordRefund(refundPage)
  for (const route of [...Object.keys(refundPage.before), 'payment/payments/*']) answers[route] = 503
  await readAgain(page)
  await dialog.getByText('Do not refund by hand before the payment can be read. It has failed.').waitFor()
  await page.getByText(/^The (diagnosis|newest state) of .* can’t be shown\.$/).waitFor()
  expect(await confirm.isDisabled()).toBe(true)
  expect(await proof.inputValue()).toBe('transfer 8')
  Object.assign(answers, refundPage.before, { 'payment/payments/*': refused })
  await expect.poll(() => confirm.isEnabled()).toBe(true)
  expect(await proof.inputValue()).toBe('transfer 8')
})

test.each(refundPages)(
  '$path says in the dialog of a refund that another operator has recorded it',
  async (refundPage) => {
    const { page, answers, dialog, confirm } = await recordRefund(refundPage)
    Object.assign(answers, refundPage.after, { 'payment/payments/*': recorded })
    await readAgain(page)
    await dialog.getByText('The refund was recorded as made by hand: transfer 7.').waitFor()
    expect(await page.getByText('Cancel the order…').count()).toBe(0) // it had ended before the dialog asked
    expect(await confirm.isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: 'Record it as made by hand…' }).waitFor({ state: 'detached' })
    await expectFocusOnContent(page)
  },
)

test.each(refundPages)(
  '$path shows the error of a refund, although its order has gone meanwhile',
  async (refundPage) => {
    const { page, answers, dialog, confirm } = await recordRefund(refundPage)
    const held = Promise.withResolvers<Route>()
    await page.route('**/api/payment/payments/*/refund', held.resolve)
    await confirm.click()
    const route = await held.promise
    Object.assign(answers, refundPage.after)
    const read = page.waitForResponse(`**/api/${Object.keys(refundPage.after)[0]}`)
    await readAgain(page)
    await read
    await route.fulfill({ status: 504, json: { detail: 'It hangs.' } })
    await dialog.getByText('It hangs. It may have taken effect: look before you repeat it.').waitFor()
  },
)

test('the page of a dead letter says in a dialog that another operator has settled it', async () => {
  const letter = {
    ...{ id, messageId: 'm1', type: 'Charge', orderId: null, queue: 'payment.tasks', reason: 'rejected', error: 'No.' },
    ...{ place: null, attempts: 1, firstFailedAt: at, lastFailedAt: at, status: 'parked', operations: [], stack: null },
    ...{ headers: {}, payload: {}, payloadEncoding: 'json', payloadBytes: 2, payloadTruncated: false, traceId: null },
  }
  const answers: Record<string, object | number> = { 'payment/dead-letters/*': letter }
  const page = await openWith(`/dead-letters/payment/${id}`, answers)
  await page.getByRole('button', { name: 'Discard…' }).click()
  const dialog = page.getByRole('dialog')
  const reason = dialog.getByRole('textbox', { name: 'The reason, for the record' })
  await reason.fill('a test')
  answers['payment/dead-letters/*'] = { ...letter, status: 'discarded' }
  await readAgain(page)
  await dialog.getByText('It was discarded meanwhile.').waitFor()
  expect(await reason.inputValue()).toBe('a test')
  expect(await dialog.getByRole('button', { name: 'Discard' }).isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('button', { name: 'Discard…' }).waitFor({ state: 'detached' })
  await expectFocusOnContent(page)
})
