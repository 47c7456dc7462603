/** The page in Chromium. The test answers in place of the services. */

import type { RunningConsole } from '@quadrille/console/server'
import { mapServices } from '@quadrille/events'
import type { Page, Request, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openPage } from './browser.ts'
import { startConsoleFor } from './console.ts'
import { expectFocusOn, expectFocusOnContent } from './keyboard.ts'
import { press, replay } from './repair-steps.ts'

/** No service answers. */
const nowhere = { urls: mapServices(() => 'http://127.0.0.1:9') }

let console_: RunningConsole
beforeAll(async () => {
  console_ = await startConsoleFor(nowhere)
})
afterAll(() => console_.stop())

/** Opens a window in which routes can be replaced before a view is shown. */
const openWindow = async (): Promise<Page> => (await openPage(`${console_.url}/nowhere`)).page

/** As if 50 pages were open. */
const refuseStream = (page: Page) => page.route('**/live', (route) => route.fulfill({ status: 503, json: {} }))

/** A page of the list of dead letters, whose ids end with these numbers. */
const letterPageOf = (...numbers: readonly number[]) => {
  const at = '2026-01-01T00:00:00Z'
  return {
    items: numbers.map((number) => ({
      id: `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
      orderId: `00000000-0000-0000-0001-${String(number).padStart(12, '0')}`,
      type: 'Charge',
      status: 'parked',
      place: null,
      error: 'It failed.',
      attempts: 1,
      firstFailedAt: at,
      lastFailedAt: at,
    })),
    nextCursor: 'more',
  }
}

const group = () => `${console_.url}/dead-letters/payment?reason=rejected&type=Charge`

test('a selected dead letter that another operator settles does not come back when newer ones arrive', async () => {
  let list = letterPageOf(4, 3, 2)
  const page = await openWindow()
  await page.route(/api\/payment\/dead-letters\?/, (route) => route.fulfill({ json: list }))
  await page.goto(group())
  const box = (digit: number) => page.getByRole('checkbox', { name: `Select 0000000${digit}` })
  await box(4).click()
  list = letterPageOf(5, 3, 2)
  await box(5).waitFor()
  list = letterPageOf(9, 8, 7)
  await box(9).waitFor()
  expect(await box(4).count()).toBe(0)
})

test('a replay of many dead letters does not read their orders from all services after each of them', async () => {
  const page = await openWindow()
  const letters = letterPageOf(...Array.from({ length: 30 }, (_, number) => number))
  const asked = new Set<string>()
  await page.route(/api\/payment\/dead-letters\?/, (route) => route.fulfill({ json: letters }))
  await page.route('**/api/payment/dead-letters/*', (route) => route.fulfill({ status: 404, json: {} })) // the outcome
  await page.route('**/api/payment/dead-letters/*/replay', (route) => route.fulfill({ json: { outcome: 'not_tried' } }))
  await page.route('**/api/shipping/whereabouts?*', (route) => {
    asked.add(route.request().url())
    const parked = { type: 'ProcessPhoto', deadLetterId: 'another' }
    return route.fulfill({ json: { items: [{ orderId: letters.items[0]?.orderId, waiting: [parked] }] } })
  })
  await page.goto(group())
  await page.getByRole('checkbox', { name: 'Select all' }).click()
  await replay(page)
  await page.getByText('0 of 30 handled, 0 dead again, 0 still waiting, 30 without a record').waitFor()
  await page.getByText('1 order has further dead letters: ProcessPhoto.').waitFor()
  await page.getByText('Further dead letters of the orders in inventory can’t be shown.').waitFor()
  expect(asked.size).toBeGreaterThan(0)
  expect(asked.size).toBeLessThan(20)
})

test('a dry run that fails leaves no earlier result, which a replay could take for its own', async () => {
  const page = await openWindow()
  let status = 200
  await page.route(/api\/payment\/dead-letters\?/, (route) => route.fulfill({ json: letterPageOf(1) }))
  await page.route('**/api/payment/dead-letters/*/replay', (route) =>
    route.fulfill({ status, json: { outcome: 'duplicate', detail: 'Payment hangs.' } }),
  )
  await page.goto(group())
  await page.getByRole('checkbox', { name: 'Select all' }).click()
  const result = page.getByRole('heading', { name: 'Dry run' })
  await press(page, 'button', 'Dry run')
  await result.waitFor()
  await expectFocusOn(page, 'Dry run') // although it was disabled meanwhile
  status = 504
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'Payment hangs.' }).waitFor()
  expect(await result.count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Replay…' }).isDisabled()).toBe(true)
})

test('the end of a discard tells how many it has discarded, and a discard of dead letters that are settled is refused', async () => {
  const page = await openWindow()
  let list: object = letterPageOf(1)
  await page.route(/api\/payment\/dead-letters\?/, (route) => route.fulfill({ json: list }))
  await page.route('**/api/payment/dead-letters/*', (route) => route.fulfill({ status: 409, json: {} }))
  await page.goto(group())
  await page.getByRole('checkbox', { name: 'Select all' }).click()
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Discard…' }).click()
  await dialog.getByRole('textbox', { name: 'The reason, for the record' }).fill('a test')
  await dialog.getByRole('textbox', { name: 'Your name, for the record' }).fill('Ada')
  await dialog.getByRole('button', { name: 'Discard' }).click()
  await page.getByText('The discard has ended: 0 of 1 done.').waitFor()
  await page.getByRole('button', { name: 'Discard…' }).click()
  list = { items: [], nextCursor: null }
  await dialog.getByRole('alert').filter({ hasText: 'No selected dead letter is left.' }).waitFor()
  expect(await dialog.getByRole('button', { name: 'Discard' }).isDisabled()).toBe(true)
})

/** The title that the browser shows of the first cell that may be cut. */
const titleOfClipped = `(() => {
  const { left, top, width, height } = document.querySelector('td.clipped').getBoundingClientRect()
  return document.elementFromPoint(left + width / 2, top + height / 2).closest('[title]')?.title
})()`

/** Payment answers with as many groups of dead letters as a service lists. */
const listMostGroups = async (page: Page): Promise<void> => {
  const alike = { type: 'Charge', reason: 'rejected', queue: 'payment.tasks', count: 1 }
  const items = Array.from({ length: 100 }, (_, number) => ({
    ...{ ...alike, place: `charge.ts:${number}`, error: 'It failed. '.repeat(30) },
    ...{ oldest: '2026-01-01T00:00:00Z', newest: '2026-01-01T00:00:00Z' },
  }))
  await page.route('**/api/*/dead-letters/groups', (route) => route.fulfill({ status: 404, json: {} }))
  await page.route('**/api/payment/dead-letters/groups', (route) =>
    route.fulfill({ json: { items, nextCursor: null } }),
  )
}

test('groups of dead letters that a service does not list are announced, and a clipped error is the title of its row', async () => {
  const page = await openWindow()
  await listMostGroups(page)
  await page.goto(`${console_.url}/dead-letters`)
  await page.getByText('Each service lists its 100 largest groups.').waitFor()
  await page.getByRole('link', { name: 'Dead letters 100+' }).waitFor()
  expect(await page.evaluate(titleOfClipped)).toMatch(/^It failed\. .*\(charge\.ts:0\)$/)
})

test('without a live stream it is unknown how many orders have ended', async () => {
  const page = await openWindow()
  await page.goto(console_.url)
  await page.getByText('Not live').waitFor()
  const figures = await page.getByRole('region', { name: 'The last minutes' }).textContent()
  expect(figures).toMatch(/fulfilled, 1 min–.*cancelled, 1 min–/)
})

test('the error of an action is shown, even if its dialog was closed while it ran', async () => {
  const page = await openWindow()
  await refuseStream(page)
  const held = Promise.withResolvers<Route>()
  const action = { id: 'stop', group: 'break', title: 'Stop it', effect: '', available: true, repairedBy: null }
  await page.route('**/api/demo/actions', (route) => route.fulfill({ json: { actions: [action], broken: [] } }))
  await page.route('**/api/demo/actions/stop', held.resolve)
  await page.goto(`${console_.url}/try`)
  await page.getByRole('button', { name: 'Stop it…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click()
  const route = await held.promise
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape') // the page can't prevent the second one
  await route.fulfill({ status: 504, json: { detail: 'It hangs.' } })
  await page.getByRole('alert').filter({ hasText: 'It hangs. It may have taken effect' }).waitFor()
})

test('a page without a live stream tells a part that does not exist from one that fails', async () => {
  const page = await openWindow()
  await refuseStream(page)
  await page.goto(`${console_.url}/invariants`)
  await page.getByRole('heading', { name: 'The audit is not connected' }).waitFor()
  await page.getByRole('link', { name: 'Invariants', exact: true }).waitFor()
  await page.getByRole('status').filter({ hasText: 'The console sends no events.' }).waitFor()
  await page.goto(`${console_.url}/try`)
  await page.getByRole('heading', { name: 'This shop is not a demo' }).waitFor()
})

test('a page without a live stream reads the audit, and what can be tried', async () => {
  const { url, stop } = await startConsoleFor(nowhere, { auditUrl: 'http://127.0.0.1:9' })
  onTestFinished(stop)
  const { page } = await openPage(`${url}/nowhere`)
  await refuseStream(page)
  await page.goto(`${url}/invariants`)
  await page.getByText('The audit service does not answer (ECONNREFUSED).').waitFor()
  const broken = [{ repair: 'start-payment', text: 'Payment is stopped.' }]
  await page.route('**/api/demo/actions', (route) => route.fulfill({ json: { actions: [], broken } }))
  await page.getByRole('link', { name: 'Try it' }).click()
  await page.getByText('Broken on purpose: Payment is stopped.').waitFor()
})

test('beside the invariants, the numbers of lists that go on are said to be the least', async () => {
  const { url, stop } = await startConsoleFor(nowhere, { auditUrl: 'http://127.0.0.1:9' })
  onTestFinished(stop)
  const { page } = await openPage(`${url}/nowhere`)
  await listMostGroups(page)
  const items = ['refund_failed', 'captured'].map((status) => ({ id: status, payment: { status } }))
  await page.route('**/api/order/orders?stuck*', (route) => route.fulfill({ json: { items, nextCursor: 'more' } }))
  await page.route('**/api/audit/audit*', (route) =>
    route.fulfill({ json: { running: null, result: null, failure: null } }),
  )
  await page.goto(`${url}/invariants`)
  const refunds = 'at least 1 of them with a refused refund'
  await page
    .getByText(`Waiting now: 2 or more stuck orders (${refunds}), 100 or more dead letters.`, { exact: false })
    .waitFor()
})

test('what is broken on purpose is not shown after the demo has ended', async () => {
  const page = await openWindow()
  let demo = true
  await page.route('**/live', (route) => {
    const settings = { tracesUrl: null, audit: false, demo }
    const body = `retry: 500\nevent: settings\ndata: ${JSON.stringify(settings)}\n\n`
    return route.fulfill({ contentType: 'text/event-stream', body })
  })
  const broken = [{ repair: 'start-payment', text: 'Payment is stopped.' }]
  await page.route('**/api/demo/actions', (route) => route.fulfill({ json: { actions: [], broken } }))
  await page.goto(`${console_.url}/stuck`)
  await page.getByText('Broken on purpose: Payment is stopped.').waitFor()
  demo = false
  await page.getByText('Broken on purpose').waitFor({ state: 'detached' })
})

test('the button that repairs a part keeps the focus until it goes, and then leaves it to the content', async () => {
  const page = await openWindow()
  await refuseStream(page)
  const held = Promise.withResolvers<Route>()
  let broken = [{ repair: 'start-payment', text: 'Payment is stopped.' }]
  await page.route('**/api/demo/actions', (route) => route.fulfill({ json: { actions: [], broken } }))
  await page.route('**/api/demo/actions/start-payment', held.resolve)
  await page.goto(`${console_.url}/stuck`)
  await press(page, 'button', 'Repair it')
  const route = await held.promise
  const button = page.getByRole('button', { name: 'Repair it' })
  expect(await button.isDisabled()).toBe(true)
  await expectFocusOn(page, 'Repair it')
  broken = []
  await route.fulfill({ json: { text: 'Payment runs.', lookAt: null } })
  await button.waitFor({ state: 'detached' })
  await expectFocusOnContent(page)
})

/** An order that the list shows. A larger number is newer. */
const listedOrderOf = (number: number, { settled }: { readonly settled: boolean }) => ({
  ...{
    id: `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
    settled,
    cancellation: null,
    reference: null,
  },
  ...{ status: settled ? 'fulfilled' : 'placed', createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' },
  ...{ customer: { id: 'ada', email: 'ada@example.com' }, currency: 'EUR', total: 2_500, lines: [], shipments: [] },
  ...{ payment: { status: 'pending' }, inventory: { status: 'pending' }, notifications: [] },
})

test('each open order that is older than a stuck one is marked as stuck, also beyond the list of stuck orders', async () => {
  const page = await openWindow()
  const [newer, stuck, older] = [4, 3, 1].map((number) => listedOrderOf(number, { settled: false }))
  const items = [newer, stuck, listedOrderOf(2, { settled: true }), older]
  await page.route('**/api/order/orders?limit=50', (route) => route.fulfill({ json: { items, nextCursor: null } }))
  await page.route('**/api/order/orders?stuck=true*', (route) =>
    route.fulfill({ json: { items: [stuck], nextCursor: 'more' } }),
  )
  await page.goto(console_.url)
  await page
    .getByRole('row', { name: /^00000001/ })
    .getByText('stuck')
    .waitFor()
  const rows = await page.getByRole('row').filter({ hasText: 'stuck' }).getByRole('rowheader').allTextContents()
  expect(rows).toEqual(['00000003', '00000001'])
  await page.route('**/api/order/orders?limit=50', (route) => route.fulfill({ status: 503, json: {} }))
  await page.getByText('The newest state of the orders can’t be shown.').waitFor() // the rows stay
  expect(await page.getByRole('rowheader').count()).toBe(4)
})

test('a link to other orders that goes with the orders of before leaves the focus to the content', async () => {
  const page = await openWindow()
  await page.route('**/api/order/orders?*', (route) => route.fulfill({ json: { items: [], nextCursor: 'older' } }))
  await page.goto(`${console_.url}/?customerId=ada`)
  for (const name of ['Older', 'Newest', 'Remove the filter Customer ada']) {
    await page.getByRole('link', { name }).focus()
    await page.keyboard.press('Enter')
    await expectFocusOnContent(page)
  }
})

test('orders are searched until another search, or another view', async () => {
  const page = await openWindow()
  await page.route('**/api/order/orders?reference=*', () => undefined) // has no answer
  await page.goto(console_.url)
  await page.evaluate('void (AbortSignal.timeout = () => new AbortController().signal)') // else each request ends by itself
  const search = async (text: string) => {
    const sent = page.waitForRequest(/reference=/)
    await page.getByRole('searchbox').fill(text)
    await page.keyboard.press('Enter')
    return sent
  }
  const end = (ended: Request) => page.waitForEvent('requestfailed', (request) => request === ended)
  const firstEnd = end(await search('first'))
  const secondEnd = end(await search('second'))
  await firstEnd
  await page.getByRole('link', { name: 'Flow', exact: true }).click()
  await secondEnd
})

test('a page that was loaded before an upgrade of the console asks to be reloaded', async () => {
  const page = await openWindow()
  const notice = page.getByText('another version of this page')
  await page.getByText('Not live').waitFor() // from the stream
  expect(await notice.count()).toBe(0)
  const body = `event: page\ndata: ${JSON.stringify({ script: '/assets/console-UPGRADED.js' })}\n\n`
  await page.route('**/live', (route) => route.fulfill({ contentType: 'text/event-stream', body }))
  await page.reload() // loads the same script
  await notice.waitFor()
})

test('an order is not said to be all right while the stuck orders can not be read', async () => {
  const page = await openWindow()
  await page.route('**/api/order/orders?stuck=true*', (route) =>
    route.fulfill({ json: { items: [], nextCursor: null } }),
  )
  await page.goto(`${console_.url}/stuck`)
  await page.getByText('No order is stuck').waitFor()
  await page.route('**/api/order/orders?stuck=true*', (route) => route.fulfill({ status: 503, json: {} }))
  await page.getByText('The newest state of the stuck orders can’t be shown.').waitFor()
  expect(await page.getByText('No order is stuck').count()).toBe(0)
  await page.getByRole('link', { name: /^Stuck\s*\?\s*unknown$/ }).waitFor()
})
