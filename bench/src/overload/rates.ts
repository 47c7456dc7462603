import { type Measured, runLoad } from '../load/load.ts'
import type { Shop } from '../load/shop.ts'

/** The number of orders in flight, as in the closed loop of the other measurements. */
const inFlight = 200

const nothing = (): void => undefined

/** Keeps 200 orders in flight for `ms`. @param end - called when the measured window ends */
export const measureInFlight = (shop: Shop, ms: number, end: () => void = nothing): Promise<Measured> =>
  runLoad(shop, { kind: 'closed', inFlight, ms }, { begin: async () => undefined, end })

/** Settled orders per second, with 200 in flight for `ms`. */
export const rateInFlight = async (shop: Shop, ms: number): Promise<number> => rateOf(await measureInFlight(shop, ms))

/** Settled orders per second. */
export const rateOf = ({ orders, ms }: Measured): number => (orders / ms) * 1_000

/** The ratios of several rounds and their average, in percent. */
export const ratiosLine = (ratios: readonly number[]): string => {
  const average = ratios.reduce((sum, one) => sum + one) / ratios.length
  return `${ratios.map(percent).join(', ')}; ${percent(average)} on average`
}

const percent = (share: number): string => `${Math.round(share * 100)} %`
