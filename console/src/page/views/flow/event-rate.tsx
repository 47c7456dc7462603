/** The rates of events, as far as the console can know them. */
import { choreography } from '@quadrille/events/choreography'
import { nowMs } from '../../clock.ts'
import { rateOf } from '../../format.ts'
import { connection, eventRates } from '../../live.ts'

/** The console counts the events in the histories of orders. */
const counted: ReadonlySet<string> = new Set([...choreography.order.publishes, ...choreography.order.consumes])

/** Events of a type per second, over all instances. Null if it is not known. */
export const perSecondOf = (type: string): number | null =>
  counted.has(type) && connection.value.state === 'live' ? eventRates.perSecond(nowMs.value, type) : null

/** A dash if it is not known. */
export const EventRate = ({ type }: { readonly type: string }) => {
  const perSecond = perSecondOf(type)
  return <span class="rate">{perSecond === null ? '–' : rateOf(perSecond)}</span>
}
