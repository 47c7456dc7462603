/** Steps of an operator in the console. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

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
