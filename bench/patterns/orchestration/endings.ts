/** Runs the scenarios on a system, and compares each end with the contract. */
import { setTimeout as pause } from 'node:timers/promises'
import { waitUntil } from '@quadrille/testing/waiting'
import { type End, linesOf, piecesOfEach, type Scenario, type Skus } from './scenarios.ts'
import { type Line, type Shop, unitPrice } from './shop.ts'

/** How an order ended: its status with the reason, the money that the shop has kept, and the pieces that left the stock. */
export interface Ending {
  readonly end: string
  readonly kept: number
  readonly taken: number
  readonly held: number
}

const takenWithinMs = 60_000

/** Runs all scenarios at once, each with SKUs of its own. @throws if an end is not that of the contract. */
export const runEndings = async (
  shop: Shop,
  scenarios: readonly Scenario[],
): Promise<readonly { scenario: Scenario; ending: Ending }[]> =>
  Promise.all(
    scenarios.map(async (scenario, index) => {
      const skus = { first: `first-${index}`, second: `second-${index}` }
      const ending = await run(shop, scenario, skus)
      const { name, end, otherEnd = end } = scenario
      const expected = expectedEnding(ending.end === otherEnd ? otherEnd : end, linesOf(scenario, skus))
      const [is, should] = [ending, expected].map((one) => JSON.stringify(one))
      if (is !== should) throw new Error(`"${name}" ended with ${is} instead of ${should}.`)
      return { scenario, ending }
    }),
  )

export const expectedEnding = (end: End, lines: readonly Line[]): Ending => {
  const pieces = end === 'fulfilled' ? lines.reduce((sum, { quantity }) => sum + quantity, 0) : 0
  return { end, kept: pieces * unitPrice, taken: pieces, held: 0 }
}

const run = async (shop: Shop, scenario: Scenario, skus: Skus): Promise<Ending> => {
  const both = [skus.first, skus.second]
  for (const sku of both) await shop.setStock(sku, piecesOfEach)
  const id = await shop.place(linesOf(scenario, skus), scenario.method ?? 'pm_card_visa')
  if (typeof id === 'number') return { end: `not accepted (${id})`, kept: 0, ...(await readStock(shop, both)) }
  await scenario.afterwards?.(shop, id)
  const end = await untilSettled(shop, id)
  const { captured, refunded } = (await shop.payment(id)) ?? { captured: 0, refunded: 0 }
  return { end, kept: captured - refunded, ...(await untilTaken(shop, both, end)) }
}

const untilSettled = (shop: Shop, id: string): Promise<string> =>
  waitUntil(
    async () => {
      const { status, settled, cancellation } = await shop.order(id)
      return settled && (cancellation ? `${status} (${cancellation.reason})` : status)
    },
    { what: `the end of the order ${id}` },
  )

/** In the choreography, inventory takes the goods after the order is settled. */
const untilTaken = async (shop: Shop, skus: readonly string[], end: string) => {
  for (const begun = performance.now(); ; await pause(20)) {
    const stock = await readStock(shop, skus)
    if (stock.held === 0 && (end !== 'fulfilled' || stock.taken > 0)) return stock
    if (performance.now() - begun > takenWithinMs) return stock
  }
}

const readStock = async (shop: Shop, skus: readonly string[]): Promise<Pick<Ending, 'taken' | 'held'>> => {
  const rows = await Promise.all(skus.map((sku) => shop.stock(sku)))
  return {
    taken: rows.reduce((sum, { onHand }) => sum + piecesOfEach - onHand, 0),
    held: rows.reduce((sum, { reserved }) => sum + reserved, 0),
  }
}
