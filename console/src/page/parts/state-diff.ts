/** The difference of two states, field by field. */

export interface Change {
  /** Such as "reservation.lines[0].sku". Empty for a state that is a single value. */
  readonly path: string
  /** As JSON. Null if the state does not have the field. */
  readonly before: string | null
  readonly after: string | null
}

/** The fields that differ, in the order of the state before; then those that are new. Null and undefined count as no state. */
export const stateDiff = (before: unknown, after: unknown): Change[] => {
  const old = fieldsOf(before)
  const next = fieldsOf(after)
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((path) => {
    const change = { path, before: old.get(path) ?? null, after: next.get(path) ?? null }
    return change.before === change.after ? [] : [change]
  })
}

/** Each value that is not an object or a list, by its path. Of an empty object or list nothing remains. */
const fieldsOf = (state: unknown): ReadonlyMap<string, string> => new Map(entriesOf(state ?? undefined, ''))

const entriesOf = (value: unknown, path: string): [string, string][] => {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null) return [[path, JSON.stringify(value)]]
  const fields = Object.entries(value)
  if (Array.isArray(value)) return fields.flatMap(([index, item]) => entriesOf(item, `${path}[${index}]`))
  return fields.flatMap(([name, field]) => entriesOf(field, path === '' ? name : `${path}.${name}`))
}
