/** The texts that the command prints. */
import type { DemoAction, DemoOutcome, DemoUrls, DemoView } from '@quadrille/console/demo'

const headings: readonly (readonly [DemoAction['group'], string])[] = [
  ['order', 'Place an order'],
  ['break', 'Break something'],
  ['repair', 'Repair it'],
]

/** The actions that would change something, what is broken, and where to look. */
export const describeShop = ({ actions, broken, urls }: DemoView): string => {
  const sections = headings.flatMap(([group, heading]) => {
    const lines = actions.filter((action) => action.group === group && action.available).map(lineOf)
    return lines.length > 0 ? [`${heading}: npm run demo -- ACTION\n\n${lines.join('\n')}`] : []
  })
  const faults = broken.map(({ text, repair }) => `Broken on purpose: ${text} Repair it: npm run demo -- ${repair}`)
  return [...faults, ...sections, placesOf(urls)].join('\n\n')
}

const lineOf = ({ id, effect }: DemoAction): string => `  ${id.padEnd(21)} ${effect}`

const placesOf = ({ order, console }: DemoUrls): string =>
  console === null ? `The orders: ${order}/orders` : `Watch the orders in a browser: ${console}`

export const describeOutcome = ({ text, lookAt }: DemoOutcome, { console }: DemoUrls): string =>
  lookAt === null || console === null ? text : `${text}\n${lookAt.title}: ${console}${lookAt.path}`
