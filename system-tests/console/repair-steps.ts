/** Steps of an operator and of a customer. */
import type { Shop } from '@quadrille/shop-testing'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Places an order, and returns its id. */
export const placeOrder = async (shop: Shop, { method = 'pm_card_visa', sku = 'mug' } = {}): Promise<string> => {
  const { status, body } = await shop.place({
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku, quantity: 2, unitPrice: 1_250 }],
    payment: { method },
  })
  expect(status).toBe(202)
  return (body as { readonly id: string }).id
}

/** Presses the button or link that has the focus, or gets it, by the keyboard. */
export const press = async (page: Page, role: 'button' | 'link', name: string | RegExp): Promise<void> => {
  await page.getByRole(role, { name }).first().focus()
  await page.keyboard.press('Enter')
}

/** Replays the selected dead letters, from the keyboard. A dry run comes first. */
export const replay = async (page: Page): Promise<void> => {
  expect(await page.getByRole('button', { name: 'Replay…' }).isDisabled()).toBe(true)
  await press(page, 'button', 'Dry run')
  await page.getByRole('heading', { name: 'Dry run' }).waitFor()
  await press(page, 'button', 'Replay…')
  const dialog = page.getByRole('dialog', { name: /^Replay/ })
  await dialog.getByRole('textbox', { name: 'Your name, for the record' }).fill('Ada')
  await page.keyboard.press('Enter')
}
