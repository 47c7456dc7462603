import type { Databases, Finding } from '@quadrille/audit'
import { query } from '../world/query.ts'

/** The parcels that were recorded for a confirmed dispatch. */
interface Recorded {
  readonly key: string
  readonly parcels: number
}

/** Checks that each confirmed dispatch has one parcel. The audit compares the parcels with the events. */
export const checkDispatches = async ({ shipping = '' }: Databases, confirmed: readonly string[]): Promise<Finding> =>
  dispatchFinding(
    await query<Recorded>(
      shipping,
      `select key, count(parcel)::integer as parcels
       from unnest($1::text[]) as key left join parcel on tracking_code = key group by key`,
      [confirmed],
    ),
  )

/** A run without a confirmed dispatch has tested nothing here. */
export const dispatchFinding = (recorded: readonly Recorded[]): Finding => ({
  invariant: 'parcels',
  claim: 'parcels that were dispatched twice with one key are recorded once',
  checked: { parcels: recorded.length },
  violations:
    recorded.length === 0
      ? [{ subject: 'shipping', detail: 'has confirmed no parcel' }]
      : recorded
          .filter(({ parcels }) => parcels !== 1)
          .map(({ key, parcels }) => ({ subject: key, detail: `has ${parcels} parcels` })),
})
