/** The invariants and the log of operations, in both themes, on a phone, and with a service or the audit down. */
import type { AuditState } from '@quadrille/console/audit-state'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, onTestFinished, test } from 'vitest'
import { startAudited } from './audit.ts'
import { expectNoBarrier } from './barriers.ts'
import { expectNoFault, openPage } from './browser.ts'
import { startConsoleFor } from './console.ts'
import { startFailingShop } from './failing-shop.ts'
import { useConsole } from './use-console.ts'

const started = useConsole(startFailingShop, { mug: 1_000 })

/** Asks a service to do something in the name of a person. */
const operate = async (operator: string, method: string, url: string): Promise<void> => {
  const response = await fetch(url, { method, headers: { 'x-operator': operator } })
  expect(response.status).toBeLessThan(300)
}

/** The dead letter of an order at payment. */
const letterOf = async (orderId: string): Promise<string> => {
  const response = await fetch(`${started.system.urls.payment}/dead-letters?orderId=${orderId}`)
  const { items } = (await response.json()) as { readonly items: readonly { readonly id: string }[] }
  return items[0]?.id ?? ''
}

test('the audit names the broken invariant and the order, until it is repaired', async () => {
  const id = await started.place({ customer: 'annie' })
  await waitUntil(async () => (await started.shop.order(id)).settled)
  await using audited = await startAudited(started.system)
  const { audit, url, captureMore } = audited
  const opened = await openPage(`${url}/invariants`)
  const { page } = opened
  await page.getByText(/^\d+ of 12 invariants hold; \d had nothing to check\.$/).waitFor()
  await page.getByRole('listitem').filter({ hasText: 'I9 every dead letter' }).getByText('nothing to check').waitFor()
  await captureMore(id, 100)
  await page.getByRole('button', { name: 'Run the audit now' }).click()
  const broken = page.getByRole('listitem').filter({ hasText: 'I2 captured − refunded is the total' })
  await broken.getByText('broken').waitFor()
  await broken.getByText('captured − refunded is 2600 at the gateway instead of 2500').waitFor()
  await broken.getByRole('link', { name: id }).click()
  await page.getByRole('heading', { name: id }).waitFor()
  await captureMore(id, -100)
  await page.getByRole('link', { name: 'Invariants 1' }).click()
  await page.getByRole('button', { name: 'Run the audit now' }).click()
  await page.getByText(/^\d+ of 12 invariants hold/).waitFor()
  expect(audit.state().result?.ok).toBe(true)
  await page.route('**/api/audit/audit*', (route) => route.fulfill({ status: 503, json: {} }))
  await page.getByRole('link', { name: /^Invariants\s*\?\s*unknown$/ }).waitFor()
  expectNoFault(opened)
})

test('that all invariants hold is certain only if the last audit has a result, and the page could read it', async () => {
  const at = new Date().toISOString()
  const holds = { ok: true, nothingToCheck: false, notChecked: null, figures: [], violations: [], violationCount: 0 }
  const invariants = [{ ...holds, invariant: 'I1', claim: 'no order is lost', since: at }]
  const result = { startedAt: at, endedAt: at, tookMs: 1, ok: true, invariants }
  const good: AuditState = { running: null, result, failure: null }
  const answers = { good, failed: { ...good, failure: { at, tookMs: 1, reason: 'It failed.' } }, unread: {} }
  let now: keyof typeof answers = 'good'
  const { url, stop } = await startConsoleFor(started.system, { auditUrl: 'http://127.0.0.1:9' })
  onTestFinished(stop)
  const { page } = await openPage(`${url}/nowhere`)
  await page.route('**/api/order/orders?stuck=true*', (route) =>
    route.fulfill({ json: { items: [], nextCursor: null } }),
  )
  await page.route('**/api/audit/audit*', (route) =>
    route.fulfill({ status: now === 'unread' ? 503 : 200, json: answers[now] }),
  )
  await page.goto(`${url}/invariants`)
  const tone = () => page.getByText('All 1 invariants hold.').getAttribute('class')
  for (const [state, expected] of [
    ['good', 'holds'],
    ['failed', ''],
    ['good', 'holds'],
    ['unread', ''],
  ] as const) {
    now = state
    await expect.poll(tone, { message: state }).toBe(expected)
  }
})

test('the operations of all services are one log, which is filtered, and continued by older pages', async () => {
  const { order, payment } = started.system.urls
  const ids: string[] = []
  for (let count = 0; count < 60; count += 1) ids.push(await started.place({ method: 'pm_sim_down' }))
  for (const id of ids) await operate('Ada', 'POST', `${order}/orders/${id}/cancel`)
  const opened = await openPage(`${started.url}/operations`, { width: 390 })
  const { page } = opened
  const rows = page.getByRole('row').filter({ hasText: 'cancel' })
  await expect.poll(() => rows.count()).toBe(50)
  await expectNoBarrier(page)
  await page.getByRole('button', { name: 'Show older ones' }).click()
  await expect.poll(() => rows.count()).toBe(60)
  await page.getByText('Paused', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Newest' }).click()
  await page.getByText('Live', { exact: true }).waitFor()
  await expect.poll(() => rows.count()).toBe(50)

  const [first = ''] = ids
  const letter = await letterOf(first)
  await operate('Grace', 'DELETE', `${payment}/dead-letters/${letter}?reason=a%20test`)
  await page.setViewportSize({ width: 1_280, height: 900 })
  await page.goto(`${started.url}/operations?orderId=${first}`) // as the page of the order leads here
  await expect.poll(() => page.getByRole('row').count()).toBe(3)
  await page.getByText('a test', { exact: true }).waitFor()
  const discarded = page.getByRole('row').filter({ hasText: 'discard' })
  expect(await discarded.textContent()).toContain('discard of ChargeGracedone')
  await discarded.getByRole('link', { name: 'Grace' }).click()
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  await expectNoBarrier(page)
  await page.getByRole('link', { name: letter.slice(-8) }).click()
  await page.getByRole('heading', { name: /^Charge of payment/ }).waitFor()
  expectNoFault(opened)
})

test('the operations of a service that is down are named as missing', async () => {
  const broken = await startConsoleFor(started.system, { down: 'payment' })
  try {
    const { page } = await openPage(`${broken.url}/operations`)
    await page.getByText('The operations of payment can’t be shown.').waitFor()
    await page.getByRole('row').filter({ hasText: 'cancel' }).first().waitFor()
  } finally {
    await broken.stop()
  }
})

test('without an audit the page says how to start one, and does not ask for it', async () => {
  const opened = await openPage(`${started.url}/invariants`)
  await opened.page.getByRole('heading', { name: 'The audit is not connected' }).waitFor()
  await expectNoBarrier(opened.page)
  expectNoFault(opened)
})

test('while RabbitMQ can’t be reached, nothing is broken, and the page says what was not checked', async () => {
  await using audited = await startAudited(started.system, { broker: 'unreachable' })
  const { page } = await openPage(`${audited.url}/invariants`)
  await page.getByText(/12 invariants hold, except for parts of I2, I3, I5, I6, I8 that were not checked/).waitFor()
  const queues = page.getByRole('listitem').filter({ hasText: 'I8 no work is left' })
  await queues.getByText('partly checked').waitFor()
  await page.getByText(/^Waiting now: /).waitFor()
  await page.getByRole('link', { name: /^\d+ dead letters$/ }).click()
  await page.getByRole('heading', { name: 'Dead letters' }).waitFor()
  await page.goBack()
  await queues.getByText(/Not checked: \S+ \(no answer: Error: ECONNREFUSED\), \d+ more/).waitFor()
  await expectNoBarrier(page)
})

test('broken invariants have no barrier, and an audit that has ended is named', async () => {
  const id = await started.place()
  await expect.poll(async () => (await started.shop.order(id)).settled).toBe(true)
  await using audited = await startAudited(started.system)
  await audited.captureMore(id, 100)
  const { page } = await openPage(`${audited.url}/invariants`, { width: 390 })
  // While an email of the order has not been sent, it is in progress, and only the run after 30 s reports it.
  await page.getByRole('link', { name: id }).first().waitFor()
  await expectNoBarrier(page)
  await page.setViewportSize({ width: 1_280, height: 900 })
  await expectNoBarrier(page)
  await audited.endAudit()
  await page.getByText('The audit service does not answer (ECONNREFUSED).').waitFor()
  await page.getByRole('link', { name: id }).first().waitFor()
})
