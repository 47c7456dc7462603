/** The pictures of the documents: each shows the console while something happens in a real shop. */
import type { Page } from 'playwright-core'
import type { PicturedShop } from './shop.ts'

export type Theme = 'light' | 'dark'

export interface Picture {
  /** The name of its file in docs/pictures, without the theme and the ending. */
  readonly name: string
  /** Default: light alone. */
  readonly themes?: readonly Theme[]
  /** The height of the window, pixels. Default 800. */
  readonly height?: number
  /** Makes the situation. Returns the path of the page. */
  readonly prepare: (shop: PicturedShop) => Promise<string>
  /** Ends the situation. Default: it may stay. */
  readonly after?: (shop: PicturedShop) => Promise<unknown>
  /** Waits until the page shows it. */
  readonly ready: (page: Page, shop: PicturedShop) => Promise<unknown>
}

/** In the order in which they are made, because each adds to the shop. */
export const pictures: readonly Picture[] = [
  {
    name: 'order',
    themes: ['light', 'dark'],
    prepare: async (shop) => {
      const id = await shop.place({ customer: 'ada', quantity: 2, method: 'pm_sim_flaky' })
      await shop.untilSettled(id)
      return `/orders/${id}`
    },
    ready: async (page) => {
      await page.getByText('NotificationSent').nth(1).waitFor()
      await page.getByText('There is no deadline.').waitFor() // which shipping tells last
    },
  },
  {
    name: 'waiting',
    prepare: async (shop) => `/orders/${await shop.place({ customer: 'bob', method: 'pm_sim_down' })}`,
    ready: (page) => page.getByText('missing').first().waitFor(),
  },
  {
    name: 'orders',
    height: 720,
    prepare: async (shop) => {
      const customers = ['grace', 'edsger', 'barbara', 'donald', 'margaret', 'alan', 'radia', 'katherine']
      for (const customer of customers) await shop.place({ customer, quantity: customer.length })
      await shop.place({ customer: 'tony', method: 'pm_card_chargeDeclined' })
      await shop.place({ customer: 'frances', sku: 'teapot', quantity: 100_000 })
      await shop.place({ customer: 'adele', sku: 'teapot', quantity: 100_000, method: 'pm_card_refundFail' })
      await shop.place({ customer: 'niklaus', method: 'pm_sim_slow' })
      return '/'
    },
    ready: (page) => page.getByText('out of stock').first().waitFor(),
  },
  {
    name: 'stuck',
    height: 480,
    prepare: async () => '/stuck',
    ready: (page) => page.getByRole('button', { name: 'Retry the refund' }).waitFor(),
  },
  {
    name: 'stopped',
    height: 700,
    prepare: async (shop) => {
      await shop.demo('stop-payment')
      return shop.demo('order-fulfilled')
    },
    after: (shop) => shop.demo('start-payment'),
    ready: (page) => page.getByText('missing').first().waitFor(),
  },
  {
    name: 'dead-letter',
    height: 490,
    prepare: (shop) => shop.demo('poison-message'),
    ready: async (page) => {
      await page.getByRole('button', { name: 'Dry run' }).click()
      await page.getByRole('heading', { name: 'Dry run' }).waitFor()
    },
  },
  {
    name: 'try-it',
    height: 860,
    prepare: async () => '/try',
    ready: (page) => page.getByRole('heading', { name: 'Stop the payment service' }).waitFor(),
  },
  {
    name: 'flow',
    height: 940,
    prepare: async () => '/flow',
    ready: async (page, shop) => {
      await page.getByText('Outbox 0').first().waitFor()
      const rates = page.locator('.rate', { hasText: /[1-9]/ })
      await Promise.all([shop.demo('burst'), rates.nth(3).waitFor()])
    },
  },
]

/** The names of its files in docs/pictures. */
export const filesOf = ({ name, themes = ['light'] }: Picture): string[] =>
  themes.map((theme) => (theme === 'light' ? `${name}.png` : `${name}-${theme}.png`))
