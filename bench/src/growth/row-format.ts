/** Turns the row of a real order into a format string of Postgres, from which those of its copies are made. */

/** The values of an order that its copies have in another form. */
export interface OrderIds {
  readonly id: string
  /** That of its charge at the gateway. */
  readonly reference: string
}

export interface RowFormat {
  /** The row as JSON. Its arguments are the id of the order, the reference, `ids` and `times`. */
  readonly text: string
  /** All other ids, such as those of messages. */
  readonly ids: readonly string[]
  /** In ISO 8601. Copies have times to the millisecond. */
  readonly times: readonly string[]
}

export const idPattern = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g
const timePattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/g

/** @param row - JSON */
export const formatOf = (row: string, order: OrderIds): RowFormat => {
  const ids = [...new Set(row.match(idPattern) ?? [])].filter((id) => id !== order.id)
  const times = [...new Set((row.match(timePattern) ?? []).map(inMilliseconds))]
  const text = row
    .replaceAll('%', '%%')
    .replace(new RegExp(`${order.reference}(?!\\d)`, 'g'), () => argument(2)) // sim_1 is not a part of sim_12
    .replace(idPattern, (id) => argument(id === order.id ? 1 : 3 + ids.indexOf(id)))
    .replace(timePattern, (time) => argument(3 + ids.length + times.indexOf(inMilliseconds(time))))
  return { text, ids, times }
}

const argument = (position: number): string => `%${position}$s`

const inMilliseconds = (time: string): string => new Date(time).toISOString()
