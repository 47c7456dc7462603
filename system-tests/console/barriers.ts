/** Barriers for people with disabilities, found by axe (https://github.com/dequelabs/axe-core). */
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** One line for each rule that the page violates, with the elements. */
export const barriersOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source)
  const { violations }: axe.AxeResults = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
