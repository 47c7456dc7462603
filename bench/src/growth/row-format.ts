/**
 * Turns the row of a real order into a format string of Postgres, from which the row of a copy is made: the ids, the times, and
 * everything that is computed from them are arguments.
 */
import { hash } from 'node:crypto'

/** The values of an order that its copies have in another form. Null if it has no such value. */
export interface OrderIds {
  readonly order: string
  readonly reference: string | null
  readonly key: string | null
}

/** A message in terms of which ids are computed: its id is the UUIDv5 of the order id and `name`. */
export interface NamedMessage {
  readonly id: string
  /** Type and identity. */
  readonly name: string
  /** Canonical JSON. */
  readonly data: string
}

export interface RowFormat {
  /** The row as JSON. */
  readonly text: string
  /** The message of which the row is a record. */
  readonly own: MessageFormat | null
  /** The message that caused that one. */
  readonly cause: MessageFormat | null
  /** In ISO 8601: the arguments from `firstTime` on. */
  readonly times: readonly string[]
}

export interface MessageFormat {
  readonly name: string
  /** Its hash is the argument `hash`. Null if that is not used. */
  readonly data: string | null
}

/** Positions of the arguments of a format string. */
const positions = { order: 1, reference: 2, key: 3, id: 4, hash: 5, cause: 6 } as const
const firstTime = 7

const timePattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/g
const uuidPattern = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/

export interface SourceRow {
  /** JSON. */
  readonly text: string
  readonly ids: OrderIds
  readonly own: NamedMessage | null
  readonly cause: NamedMessage | null
}

/** @throws if the row has an id that is not an argument: a copy would have the same. */
export const formatOf = ({ text, ids, own, cause }: SourceRow): RowFormat => {
  const times: string[] = []
  const common: Values = [
    [ids.order, positions.order],
    [ids.reference, positions.reference],
    [ids.key, positions.key],
  ]
  const formatted = (plain: string, values: Values): string =>
    values.reduce(
      (result, [value, position]) => (value === null ? result : replaced(result, value, argument(position))),
      plain.replaceAll('%', '%%').replace(timePattern, (time) => argument(timePosition(times, time))),
    )
  const rowText = formatted(text, [
    [own?.id ?? null, positions.id],
    [own && hashOf(own), positions.hash],
    [cause?.id ?? null, positions.cause],
    ...common,
  ])
  const format = (message: NamedMessage, ...rest: readonly string[]): MessageFormat => {
    const name = formatted(message.name, [[hashOf(message), positions.hash], ...common])
    const usesHash = [name, ...rest].some((each) => each.includes(argument(positions.hash)))
    return { name, data: usesHash ? formatted(message.data, common) : null }
  }
  const result = { text: rowText, own: own && format(own, rowText), cause: cause && format(cause), times }
  const [unknown] = uuidPattern.exec([result.text, result.own?.data, result.cause?.data].join()) ?? []
  if (unknown) throw new Error(`A copy of the row would have the same id ${unknown}: ${text}`)
  return result
}

/** The content hash of a message, as the inbox stores it. */
export const hashOf = ({ data }: Pick<NamedMessage, 'data'>): string => hash('sha256', data, 'base64')

type Values = readonly (readonly [value: string | null, position: number])[]

const argument = (position: number): string => `%${position}$s`

/** Only whole values: `sim_1` is not a part of `sim_12`. */
const replaced = (text: string, value: string, by: string): string =>
  text.replaceAll(new RegExp(`${value.replaceAll(/[^\w-]/g, '\\$&')}(?!\\d)`, 'g'), by.replaceAll('$', '$$$$'))

/** The position of a time among the arguments. Copies have times to the millisecond. */
const timePosition = (times: string[], time: string): number => {
  const iso = new Date(time).toISOString()
  if (!times.includes(iso)) times.push(iso)
  return firstTime + times.indexOf(iso)
}
