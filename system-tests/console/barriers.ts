/** Barriers for people with disabilities, found by axe (https://github.com/dequelabs/axe-core). */
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** The rules that depend on the theme. */
const rulesOfColours = ['color-contrast', 'link-in-text-block']

/** One line for each rule that the page violates, with the elements. `rules`: the only ones to check; default: all. */
export const barriersOf = async (page: Page, rules?: readonly string[]): Promise<string[]> => {
  await page.evaluate(axe.source)
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) }
  const { violations }: axe.AxeResults = await page.evaluate(`axe.run(${JSON.stringify(options)})`)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Fails if the page has a barrier in either theme. */
export const expectNoBarrier = async (page: Page): Promise<void> => {
  expect(await barriersOf(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await barriersOf(page, rulesOfColours)).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
}
