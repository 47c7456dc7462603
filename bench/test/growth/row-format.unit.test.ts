import { expect, test } from 'vitest'
import { formatOf } from '../../src/growth/row-format.ts'

const order = { id: '01980000-0000-7000-8000-000000000001', reference: 'sim_1' }
const message = '11111111-1111-5111-8111-111111111111'
const cause = '22222222-2222-5222-8222-222222222222'

test('the format of a row has the order, its reference and all other ids as arguments', () => {
  const row = `["${message}", "${order.id}", "sim_1", "sim_12", "create:${order.id}", "${cause}", "${message}", "100 %"]`
  expect(formatOf(row, order)).toEqual({
    text: '["%3$s", "%1$s", "%2$s", "sim_12", "create:%1$s", "%4$s", "%3$s", "100 %%"]',
    ids: [message, cause],
    times: [],
  })
})

test('it has each time as an argument, to the millisecond', () => {
  const row = `["${cause}", "2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678901+00:00", "2026-01-02T03:04:06+00:00"]`
  expect(formatOf(row, order)).toEqual({
    text: '["%3$s", "%4$s", "%4$s", "%5$s"]',
    ids: [cause],
    times: ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:06.000Z'],
  })
})
