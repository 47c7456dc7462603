/** Each action of the demo control against a real shop: from the terminal, and from the view Try it. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { DemoOutcome, DemoView } from '@quadrille/console/demo'
import { freePorts } from '@quadrille/embedded-postgres'
import { openShop, type Shop } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { expectNoBarrier } from '../console/barriers.ts'
import { expectNoFault, openPage } from '../console/browser.ts'
import { runAudit } from '../orders/run-audit.ts'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

const root = new URL('../../', import.meta.url)

interface DemoShop {
  readonly demoUrl: string
  readonly consoleUrl: string
  readonly shop: Shop
  readonly folder: string
  readonly stop: () => Promise<void>
}

const startDemoShop = async (): Promise<DemoShop> => {
  const folder = newFolder()
  const [CONSOLE_PORT = '', PAYMENT_PORT = ''] = (await freePorts(2)).map(String)
  const started = startIn(folder, [main], { CONSOLE: 'on', CONSOLE_PORT, DEMO: 'on', DEMO_PORT: '0', PAYMENT_PORT })
  await untilPrinted(started, 'Press Ctrl-C to stop.')
  const [, demoUrl = ''] = /repair it: DEMO_URL=(\S+) npm run demo$/m.exec(started.output()) ?? []
  const urlOf = (name: string) => new RegExp(`^ +${name} +(http:\\S+)$`, 'm').exec(started.output())?.[1] ?? ''
  const shop = openShop({ order: urlOf('order'), payment: urlOf('payment'), inventory: urlOf('inventory') })
  return {
    demoUrl,
    consoleUrl: `http://127.0.0.1:${CONSOLE_PORT}`,
    shop,
    folder,
    stop: async () => {
      shop.close()
      started.child.kill('SIGTERM')
      expect(await started.exit).toBe(0)
    },
  }
}

const demo = async ({ demoUrl }: DemoShop, ...args: string[]): Promise<string> => {
  const env = { ...process.env, DEMO_URL: demoUrl }
  const { stdout } = await promisify(execFile)(process.execPath, ['tools/demo/src/main.ts', ...args], {
    cwd: root,
    env,
  })
  return stdout
}

const act = async ({ demoUrl }: DemoShop, action: string): Promise<DemoOutcome> => {
  const response = await fetch(`${demoUrl}/actions/${action}`, { method: 'POST' })
  expect(response.status, action).toBe(200)
  return (await response.json()) as DemoOutcome
}

const viewOf = async ({ demoUrl }: DemoShop) => (await (await fetch(`${demoUrl}/actions`)).json()) as DemoView

const place = async (demoShop: DemoShop, action: string): Promise<string> =>
  (await act(demoShop, action)).orderIds[0] ?? ''

const untilEnded = ({ shop }: DemoShop, id: string, ending: object) =>
  waitFor(async () => expect(await shop.order(id)).toMatchObject(ending))

const cancelled = (reason: string) => ({ status: 'cancelled', cancellation: { reason } })

/** Each kind of order ends as its action says. Returns the last two, which need an operator, or time. */
const playOrders = async (demoShop: DemoShop): Promise<readonly string[]> => {
  const endings: Readonly<Record<string, object>> = {
    'order-fulfilled': { status: 'fulfilled' },
    'order-declined': { ...cancelled('payment_declined'), settled: true },
    'order-out-of-stock': { ...cancelled('out_of_stock'), payment: { status: 'refunded' } },
    'order-cancelled': { ...cancelled('customer'), settled: true },
    'order-retried': { status: 'fulfilled' },
    'order-lost-answer': { status: 'fulfilled' },
    'order-refund-refused': { ...cancelled('out_of_stock'), payment: { status: 'refund_failed' } },
    'order-expired': { status: 'placed' },
  }
  const { actions } = await viewOf(demoShop)
  expect(actions.filter(({ group }) => group === 'order').map(({ id }) => id)).toEqual(Object.keys(endings))
  const ids = Object.keys(endings).map((action) => place(demoShop, action))
  await Promise.all(
    Object.values(endings).map(async (ending, index) => untilEnded(demoShop, (await ids[index]) ?? '', ending)),
  )
  return Promise.all(ids.slice(-2))
}

const endByHand = async (demoShop: DemoShop, [refused = '', failing = '']: readonly string[]) => {
  await demoShop.shop.refund(refused, { manual: true, reference: 'by hand' })
  await demoShop.shop.cancel(failing)
  await Promise.all([refused, failing].map((id) => untilEnded(demoShop, id, { settled: true })))
}

const playGateway = async (demoShop: DemoShop) => {
  await act(demoShop, 'stop-gateway')
  const id = await place(demoShop, 'order-fulfilled')
  await act(demoShop, 'start-gateway')
  await untilEnded(demoShop, id, { status: 'fulfilled' })
}

/** On a slow machine some orders of a burst are refused, or get no answer in time. */
const playBurst = async (demoShop: DemoShop) => {
  const { text } = await act(demoShop, 'burst')
  const burst =
    /^(\d+) orders were accepted in \d+\.\d s\.( (\d+) were refused or not answered, the first with: (.*))?$/
  const [, accepted, , others = 0, fault] = burst.exec(text) ?? []
  expect(Number(accepted), text).toBeGreaterThan(250)
  expect(Number(accepted) + Number(others), text).toBe(500)
  if (fault !== undefined) expect(fault).toMatch(/^The shop (answered (429|503)|does not answer): /)
}

const playInTheConsole = async (demoShop: DemoShop) => {
  const opened = await openPage(`${demoShop.consoleUrl}/try`)
  const { page } = opened
  const card = (title: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) })
  await card('Fulfilled').first().getByRole('button').click()
  await page.getByRole('link', { name: 'Watch the order' }).waitFor()
  await page.getByText(/^The order [\da-f-]{36} was placed\./).waitFor()
  await page.getByRole('button', { name: 'Stop the payment service…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop the payment service', exact: true }).click()
  const banner = page.locator('.banner').filter({ hasText: 'Broken on purpose: The payment service is stopped.' })
  await banner.waitFor()
  await expectNoBarrier(page)
  const id = await place(demoShop, 'order-fulfilled')
  await page.goto(`${demoShop.consoleUrl}/orders/${id}`)
  await page.getByText(/for an answer from payment: PaymentProcessed or PaymentDeclined/).waitFor()
  await banner.getByRole('button', { name: 'Start the payment service' }).click()
  await banner.waitFor({ state: 'detached' })
  await untilEnded(demoShop, id, { status: 'fulfilled' })
  await page.goto(`${demoShop.consoleUrl}/try`)
  await page.getByRole('button', { name: 'Send a poison message…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send a poison message', exact: true }).click()
  await page.getByText(/^Inventory got a PaymentProcessed of the order [\da-f-]{36} that it can’t read\./).waitFor()
  await page.getByRole('link', { name: 'See the dead letter' }).click()
  await page.getByRole('heading', { name: 'PaymentProcessed of inventory, schema violation' }).waitFor()
  expectNoFault(opened)
}

test('each action does what it says, from the terminal and from the console, and the shop’s books are right', async () => {
  const demoShop = await startDemoShop()
  expect(await demo(demoShop)).toContain('  stop-payment ')
  const [tour, open] = await Promise.all([demo(demoShop, '--tour'), playOrders(demoShop)]) // both wait for a retry after 5 s
  await endByHand(demoShop, open) // the tour stops payment, which does the refund
  expect(tour).toMatch(
    /for an answer from payment: PaymentProcessed or PaymentDeclined\. OrderPlaced is in the outbox of order/,
  )
  expect(tour).toMatch(/It has waited: fulfilled\n$/)
  await playGateway(demoShop)
  await playBurst(demoShop)
  await playInTheConsole(demoShop)
  expect((await viewOf(demoShop)).broken).toEqual([])
  expect(await runAudit([], { DATA_DIR: demoShop.folder })).toMatchObject({ code: 0 })
  await demoShop.stop()
  await expect(demo(demoShop)).rejects.toThrow(`demo: No answer from ${demoShop.demoUrl}. Run npm start`)
})
