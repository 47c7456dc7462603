/** Shows how many shipments are open, and since when. */
import type { Context, Job } from '@quadrille/service'
import { countOpenShipments } from '../db/shipment-table.ts'

/** The most open shipments that are counted. */
const maxCounted = 10_000

/** Returns the job that counts them. */
export const watchOpenShipments = ({ database, gauge }: Pick<Context<unknown>, 'database' | 'gauge'>): Job => {
  let counts = { open: 0, oldestAgeMs: 0 }
  gauge('quadrille_shipments_open', `Orders to send, ${maxCounted} at most`, () => counts.open)
  gauge('quadrille_shipments_oldest_age_seconds', 'Age of the oldest open shipment', () => counts.oldestAgeMs / 1_000)
  const run = async () => {
    counts = await countOpenShipments(database, maxCounted)
  }
  return { name: 'count open shipments', everyMs: 10_000, run }
}
