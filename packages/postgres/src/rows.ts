/** Rows of a result, parsed by the types of their columns. */
import { types } from 'pg'

/** A column of a result, and how its text is parsed. */
export interface Column {
  readonly name: string
  readonly parse: (text: string) => unknown
}

/** A field of a RowDescription message (manual, 54.7). */
export interface Field {
  readonly name: string
  readonly dataTypeID: number
}

export const columnOf = ({ name, dataTypeID }: Field): Column => ({
  name,
  parse: parserOf(dataTypeID),
})

/** @throws {RangeError} for a bigint that a number can't represent. */
export const rowOf = (columns: readonly Column[], texts: readonly (string | null)[]): Record<string, unknown> => {
  const row: Record<string, unknown> = {}
  for (const [index, { name, parse }] of columns.entries()) {
    const text = texts[index] ?? null
    row[name] = text === null ? null : parse(text)
  }
  return row
}

/** bigint as a number. Our values are far below 2^53. A larger one is an error, because it would be rounded. */
const parseBigint = (value: string): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`bigint ${value} is not a safe integer`)
  return number
}

const uuidArray = 2951
/** An array of one dimension without nulls. */
const flatUuids = /^\{[\da-f,-]+\}$/

/** The parser of a type. That of pg reads any array, but character by character, which takes many times as long. */
const parserOf = (type: number): Column['parse'] => {
  const parse: Column['parse'] = types.getTypeParser(type, 'text')
  switch (type) {
    case types.builtins.INT8:
      return parseBigint
    case uuidArray:
      return (text) => (flatUuids.test(text) ? text.slice(1, -1).split(',') : parse(text))
    default:
      return parse
  }
}
