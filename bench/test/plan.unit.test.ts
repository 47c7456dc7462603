import { expect, test } from 'vitest'
import { peers } from '../peers/peers.ts'
import { type Plan, remaining, sessionsOf } from '../src/plan/plan.ts'
import { planOf, presets } from '../src/plan/presets.ts'
import { allRows, type Row } from '../src/plan/rows.ts'

const row = (id: string): Row => ({ kind: 'product', id, title: id, mode: 'embedded' })
const load = (id: string) => ({ id, kind: 'idle' }) as const

const plan: Plan = {
  rows: [row('a'), row('b')],
  loadsOf: (_, repeat) => (repeat === 1 ? [load('x'), load('y')] : [load('x')]),
  repeats: 3,
}

const shown = (sessions: ReturnType<typeof sessionsOf>) =>
  sessions.map((session) => `${session.row.id}${session.repeat} ${session.loads.map(({ id }) => id).join('')}`)

test('the rows take turns, in the reverse order in every second repeat', () => {
  expect(shown(sessionsOf(plan))).toEqual(['a1 xy', 'b1 xy', 'b2 x', 'a2 x', 'a3 x', 'b3 x'])
})

test('a continued run repeats nothing that its file contains', () => {
  const done = [
    { row: 'a', load: 'x', repeat: 1 },
    { row: 'b', load: 'x', repeat: 2 },
  ]
  expect(shown(remaining(sessionsOf(plan), done))).toEqual(['a1 y', 'b1 xy', 'a2 x', 'a3 x', 'b3 x'])
})

test.each(Object.entries(presets))('the rows and loads of the preset %s exist', (_, preset) => {
  const { rows, loadsOf } = planOf(preset, allRows)
  expect(rows).toHaveLength(preset.rows.length)
  for (const each of rows) expect(loadsOf(each, 1)).not.toContain(undefined)
})

test('the ids of rows are unique', () => {
  expect(new Set(allRows.map(({ id }) => id)).size).toBe(allRows.length)
})

test('each tuned peer is measured, also with many SKUs', () => {
  const tuned = peers.filter(({ isTuned }) => isTuned).flatMap(({ name }) => [name, `${name}-skus`])
  expect(tuned).toContain('restate-tuned-skus')
  expect(presets.usual.rows).toEqual(expect.arrayContaining(tuned))
  expect(allRows.find(({ id }) => id === 'restate-tuned-skus')).toMatchObject({ form: { skus: 1_000, lines: 1 } })
})

test('an unknown row is reported with the known ones', () => {
  expect(() => planOf({ ...presets.quick, rows: ['c'] }, plan.rows)).toThrow('There is no row c. The rows are a, b.')
})
