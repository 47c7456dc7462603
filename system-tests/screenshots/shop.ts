/** The shop of the pictures: `npm start`, with its state in a folder that is deleted afterwards. */
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '@quadrille/embedded-postgres'
import { startShopProcess } from '@quadrille/shop-testing'
import { fixedPorts } from '../documentation/session.ts'

const endsWithinMs = 60_000

export interface PicturedShop {
  readonly consoleUrl: string
  /** Places an order, and returns its id. */
  place(order: PicturedOrder): Promise<string>
  /** Does an action of the demo, and returns the path of the page that shows its effect. */
  demo(action: string): Promise<string>
  /** Waits until the order has ended. */
  untilSettled(id: string): Promise<void>
  stop(): Promise<unknown>
}

export interface PicturedOrder {
  readonly customer: string
  /** Default: a mug. */
  readonly sku?: string
  /** Default: 1. */
  readonly quantity?: number
  /** Default: a card that is charged. */
  readonly method?: string
}

/** A signal that ends this process stops it first. @throws if it does not start. */
export const startShop = async (): Promise<PicturedShop> => {
  const demoPort = await freePort()
  const { variables } = await fixedPorts()
  const shop = startShopProcess({ ...variables, STUCK_AFTER: '3s', CONSOLE_PORT: '0', DEMO_PORT: String(demoPort) })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void shop.stop().finally(() => process.exit(130)))
  try {
    await shop.untilPrinted(/Press Ctrl-C/)
    const urlOf = (name: string) => new RegExp(`^ +${name} +(http:\\S+)$`, 'm').exec(shop.output())?.[1] ?? ''
    const [, consoleUrl = ''] = /^Open (http:\S+) in a browser/m.exec(shop.output()) ?? []
    const demo = (action: string) => act(`http://127.0.0.1:${demoPort}/actions/${action}`)
    return { consoleUrl, stop: shop.stop, demo, ...ordersAt(`${urlOf('order')}/orders`) }
  } catch (error) {
    await shop.stop()
    throw error
  }
}

const act = async (url: string): Promise<string> => {
  const response = await fetch(url, { method: 'POST' })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  const { lookAt } = (await response.json()) as { readonly lookAt: { readonly path: string } | null }
  return lookAt?.path ?? '/'
}

const ordersAt = (url: string): Pick<PicturedShop, 'place' | 'untilSettled'> => ({
  place: async ({ customer, sku = 'mug', quantity = 1, method = 'pm_card_visa' }) => {
    const order = {
      customer: { id: customer, email: `${customer}@example.com` },
      currency: 'EUR',
      lines: [{ sku, quantity, unitPrice: 1_250 }],
      payment: { method },
    }
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(order) })
    if (response.status !== 202) throw new Error(`The order was not accepted: ${await response.text()}`)
    return ((await response.json()) as { readonly id: string }).id
  },
  untilSettled: (id) =>
    until(endsWithinMs, 'The order', async () => {
      const { settled } = (await (await fetch(`${url}/${id}`)).json()) as { readonly settled: boolean }
      return settled
    }),
})

/** @throws if it does not become true in time. */
const until = async (ms: number, what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  for (const begunMs = performance.now(); performance.now() - begunMs < ms; await pause(50)) if (await isTrue()) return
  throw new Error(`${what} took longer than ${ms / 1_000} s.`)
}
