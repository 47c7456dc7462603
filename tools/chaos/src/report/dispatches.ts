import type { Databases, Finding } from '@quadrille/audit'
import { query } from '../world/query.ts'

/** Checks that each answered dispatch has one parcel. The audit compares the parcels with the events. */
export const checkDispatches = async ({ shipping = '' }: Databases, confirmed: readonly string[]): Promise<Finding> => {
  const rows = await query<{ key: string; parcels: number }>(
    shipping,
    `select key, count(parcel)::integer as parcels
     from unnest($1::text[]) as key left join parcel on tracking_code = key group by key`,
    [confirmed],
  )
  return {
    invariant: 'parcels',
    claim: 'parcels that were dispatched twice with one key are recorded once',
    checked: { parcels: confirmed.length },
    violations: rows
      .filter(({ parcels }) => parcels !== 1)
      .map(({ key, parcels }) => ({ subject: key, detail: `has ${parcels} parcels` })),
  }
}
