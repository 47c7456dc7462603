/** An operator's filter for dead letters, as a condition in SQL. */

export type DeadLetterStatus = 'parked' | 'replayed' | 'discarded'

/** Dead letters that match all given fields. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[] | undefined
  readonly status?: DeadLetterStatus | undefined
  readonly reason?: string | undefined
  /** Any of these. */
  readonly type?: readonly string[] | undefined
  readonly queue?: string | undefined
  readonly subject?: string | undefined
  /** Empty for those without one. */
  readonly place?: string | undefined
  /** Parked at this time or later. */
  readonly from?: Date | undefined
  /** Parked before this time. */
  readonly to?: Date | undefined
}

/** The status is a literal, so that the plan can use a partial index. */
const inStatus: Readonly<Record<DeadLetterStatus, string>> = {
  parked: "status = 'parked'",
  replayed: "status = 'replayed'",
  discarded: "status = 'discarded'",
}

const conditions: readonly (readonly [keyof DeadLetterFilter, (parameter: string) => string])[] = [
  ['ids', (parameter) => `id = any(${parameter}::uuid[])`],
  ['reason', (parameter) => `reason = ${parameter}`],
  ['type', (parameter) => `type = any(${parameter}::text[])`],
  ['queue', (parameter) => `queue = ${parameter}`],
  ['subject', (parameter) => `subject = ${parameter}`],
  ['place', (parameter) => `coalesce(place, '') = ${parameter}`],
  ['from', (parameter) => `parked_at >= ${parameter}`],
  ['to', (parameter) => `parked_at < ${parameter}`],
]

/** The condition, and the values of its parameters, which are numbered from $1. */
export const matching = (
  filter: DeadLetterFilter,
): { readonly condition: string; readonly values: readonly unknown[] } => {
  const given = conditions.filter(([name]) => filter[name] !== undefined)
  const texts = given.map(([, text], index) => text(`$${index + 1}`))
  if (filter.status) texts.push(inStatus[filter.status])
  return { condition: texts.join(' and ') || 'true', values: given.map(([name]) => filter[name]) }
}
