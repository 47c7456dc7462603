/** Shows how many shipments are open, and since when. */
import { Measurement } from '@quadrille/async'
import type { Context, Job } from '@quadrille/service'
import { countOpenShipments } from '../db/shipment-table.ts'

/** The most open shipments that are counted. */
const maxCounted = 10_000

/** Returns the job that counts them. */
export const watchOpenShipments = ({ database, gauge }: Pick<Context<unknown>, 'database' | 'gauge'>): Job => {
  const counts = new Measurement({ open: 0, oldestAgeMs: 0 }, () => countOpenShipments(database, maxCounted))
  gauge('quadrille_shipments_open', `Orders to send, ${maxCounted} at most`, () => counts.recent?.open)
  gauge(
    'quadrille_shipments_oldest_age_seconds',
    'Age of the oldest open shipment',
    () => (counts.recent?.oldestAgeMs ?? Number.NaN) / 1_000,
  )
  return { name: 'count open shipments', everyMs: 10_000, run: () => counts.run() }
}
