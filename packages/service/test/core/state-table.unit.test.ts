import { expect, it } from 'vitest'
import type { z } from 'zod'
import { stateTable } from '../../src/core/state-table.ts'

it.each(['points_2', 'points'])('%s is the name of a table', (name) => {
  expect(stateTable(name).ownRows).toEqual([{ table: name, column: 'subject' }])
})

it.each(['Points', '2_points', 'points; drop table points', ''])('%j is rejected as the name of a table', (name) => {
  expect(() => stateTable(name)).toThrow(`${name} (subject) must name a table`)
})

it('compiles only for states that JSON can hold', () => {
  interface Item {
    readonly note?: string | undefined
    readonly tags: readonly (string & z.$brand<'Tag'>)[]
    readonly details: Readonly<Record<string, unknown>>
    readonly parts: Readonly<Record<string, { readonly size: [number, number] }>>
  }
  const tables = [
    stateTable<number | null>('state'),
    stateTable<Item | { readonly status: 'gone' }>('state'),
    // @ts-expect-error JSON has no dates
    stateTable<Date>('state'),
    // @ts-expect-error JSON has no maps
    stateTable<{ readonly sizes: ReadonlyMap<string, number> }>('state'),
    // @ts-expect-error JSON has no sets
    stateTable<Item | { readonly seen: readonly Set<string>[] }>('state'),
    // @ts-expect-error JSON has no large integers
    stateTable<{ readonly total: bigint }>('state'),
  ]
  expect(tables).toHaveLength(6)
})
