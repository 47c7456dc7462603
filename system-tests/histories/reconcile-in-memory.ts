/** `npm run reconcile` for payment and inventory in memory. */
import { catalog, seal } from '@quadrille/events'
import { compareReservation, type ReservationRow } from '@quadrille/reconcile/comparisons/inventory'
import { comparePayment } from '@quadrille/reconcile/comparisons/payment'
import { asMessage, keyOf } from '@quadrille/reconcile/history'
import type { MemoryWorld } from './memory-world.ts'
import type { Delivery } from './pool.ts'
import { type HistoryRun, now } from './run.ts'
import { untilAtRest } from './run-history.ts'
import { addTask } from './tasks.ts'

/** Sends missing messages, the decisions that were made before the others. Resolves to those that are missing at the end. */
export const reconcile = async (run: HistoryRun<MemoryWorld>): Promise<readonly Delivery[]> => {
  let missing = missingIn(run.world)
  for (let round = 0; missing.length > 0 && round < 8; round += 1) {
    const made = missing.filter(({ message: { type } }) => type !== 'OrderPlaced' && type !== 'PaymentProcessed')
    for (const { to, message } of made.length > 0 ? made : missing) {
      if (catalog[message.type].kind === 'task') addTask(run, message)
      else run.pool.add({ to, message })
    }
    await untilAtRest(run)
    missing = missingIn(run.world)
  }
  return missing
}

const missingIn = ({ histories, payments, inventory }: MemoryWorld): readonly Delivery[] =>
  [...histories.values()].flatMap((events) =>
    events.slice(0, 1).flatMap((first) => {
      const history = new Set(events.map(keyOf))
      const payment = payments.of(first)
      const reservation = inventory.of(first).reservation as ReservationRow | undefined
      const comparisons = [
        ['payment', comparePayment(history, payment && { ...columns, ...payment })],
        ['inventory', compareReservation(history, reservation && { ...columns, ...reservation })],
      ] as const
      return comparisons.flatMap(([to, { missed, published, tasks }]): Delivery[] => [
        ...events.filter((event) => missed.includes(keyOf(event))).map((event) => ({ to, message: asMessage(event) })),
        ...published
          .filter((event) => !history.has(keyOf(event)))
          .map((event) => ({ to: 'order' as const, message: seal(event, { service: to, now }) })),
        ...tasks.map((task) => ({ to, message: seal(task, { service: to, now }) })),
      ])
    }),
  )

/** The columns that only some statuses have. */
const columns = { cancelled: false, captured: 0, round: 0, manualReference: null, code: null, firstRefusal: null }
