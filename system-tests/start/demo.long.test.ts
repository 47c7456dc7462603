/** Each action of the demo control against a real shop. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { DemoOutcome, DemoView } from '@quadrille/console/demo'
import { openShop, type Shop } from '@quadrille/shop-testing'
import { expect, test, vi } from 'vitest'
import { runAudit } from '../orders/run-audit.ts'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

const root = new URL('../../', import.meta.url)
const soon = { timeout: 40_000, interval: 100 }

interface DemoShop {
  readonly demoUrl: string
  readonly shop: Shop
  readonly folder: string
  readonly stop: () => Promise<void>
}

const startDemoShop = async (): Promise<DemoShop> => {
  const folder = newFolder()
  const started = startIn(folder, [main], { DEMO: 'on', DEMO_PORT: '0' })
  await untilPrinted(started, 'Press Ctrl-C to stop.')
  const [, demoUrl = ''] = /repair it: DEMO_URL=(\S+) npm run demo$/m.exec(started.output()) ?? []
  const urlOf = (name: string) => new RegExp(`^ +${name} +(http:\\S+)$`, 'm').exec(started.output())?.[1] ?? ''
  const shop = openShop({ order: urlOf('order'), payment: urlOf('payment'), inventory: urlOf('inventory') })
  return {
    demoUrl,
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
  vi.waitFor(async () => expect(await shop.order(id)).toMatchObject(ending), soon)

const cancelled = (reason: string) => ({ status: 'cancelled', cancellation: { reason } })

/** Each kind of order ends as its action says. The last two need an operator, or time. */
const playOrders = async (demoShop: DemoShop) => {
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
  const [refused = '', failing = ''] = await Promise.all(ids.slice(-2))
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

test('each action does what it says, and the shop’s books are right', {
  timeout: 180_000,
}, async () => {
  const demoShop = await startDemoShop()
  expect(await demo(demoShop)).toContain('  stop-payment ')
  await playOrders(demoShop)
  await playGateway(demoShop)
  expect((await act(demoShop, 'burst')).text).toMatch(/^500 orders were accepted in \d+\.\d s\.$/)
  expect((await act(demoShop, 'poison-message')).lookAt?.path).toMatch(/^\/dead-letters\/inventory\/[\da-f-]{36}$/)
  const tour = await demo(demoShop, '--tour')
  expect(tour).toMatch(/payment owes PaymentProcessed or PaymentDeclined\. OrderPlaced is in the outbox of order/)
  expect(tour).toMatch(/It has waited: fulfilled\n$/)
  expect((await viewOf(demoShop)).broken).toEqual([])
  expect(await runAudit([], { DATA_DIR: demoShop.folder })).toMatchObject({ code: 0 })
  await demoShop.stop()
  await expect(demo(demoShop)).rejects.toThrow(`demo: No answer from ${demoShop.demoUrl}. Run npm start`)
})
