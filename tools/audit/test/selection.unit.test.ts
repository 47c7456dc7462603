import { expect, it } from 'vitest'
import { sliced } from '../src/selection.ts'

it('many ids are split into slices, each id once', () => {
  expect(sliced([])).toEqual([])
  expect(sliced(['a', 'b', 'c', 'd', 'e'], 2).map(({ values }) => values)).toEqual([
    [['a', 'b']],
    [['c', 'd']],
    [['e']],
  ])
})
