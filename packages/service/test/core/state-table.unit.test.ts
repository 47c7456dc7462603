import { expect, it } from 'vitest'
import { stateTable } from '../../src/core/state-table.ts'

it.each(['points_2', 'points'])('%s is the name of a table', (name) => {
  expect(stateTable(name).ownRows).toEqual([{ table: name, column: 'subject' }])
})

it.each(['Points', '2_points', 'points; drop table points', ''])('%j is rejected as the name of a table', (name) => {
  expect(() => stateTable(name)).toThrow(`${name} (subject) must name a table`)
})
