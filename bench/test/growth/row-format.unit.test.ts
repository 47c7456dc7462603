import { contentHash } from '@quadrille/messages'
import { describe, expect, it } from 'vitest'
import { formatOf, hashOf, type NamedMessage, type SourceRow } from '../../src/growth/row-format.ts'

const order = '01980000-0000-7000-8000-000000000001'
const key = '7d8bbc4c-7f3b-4c3b-9d7e-000000000001'
const ids = { order, reference: 'sim_1', key }

const message = (rest: Partial<NamedMessage>): NamedMessage => ({
  id: '11111111-1111-5111-8111-111111111111',
  name: 'OrderPlaced/',
  data: `{"orderId":"${order}"}`,
  ...rest,
})

const format = (text: string, rest: Partial<SourceRow> = {}) => formatOf({ text, ids, own: null, cause: null, ...rest })

describe('the format of a row', () => {
  it('has the ids of the order as arguments', () => {
    const { text } = format(`["${order}", "sim_1", "sim_12", "create:${order}", "${key}", "100 %"]`)
    expect(text).toBe('["%1$s", "%2$s", "sim_12", "create:%1$s", "%3$s", "100 %%"]')
  })

  it('has each time as an argument, to the millisecond', () => {
    const { text, times } = format(
      '["2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678901+00:00", "2026-01-02T03:04:06+00:00"]',
    )
    expect(text).toBe('["%7$s", "%7$s", "%8$s"]')
    expect(times).toEqual(['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:06.000Z'])
  })

  it('has the id and the hash of its message, and the id of the cause', () => {
    const own = message({ data: `{"at":"2026-01-02T03:04:05.678Z","orderId":"${order}"}` })
    const cause = message({ id: '22222222-2222-5222-8222-222222222222', name: 'ChargeSucceeded/sim_1' })
    const text = `{"id":"${own.id}","hash":"${hashOf(own)}","causationid":"${cause.id}"}`
    expect(format(text, { own, cause })).toEqual({
      text: '{"id":"%4$s","hash":"%5$s","causationid":"%6$s"}',
      own: { name: 'OrderPlaced/', data: '{"at":"%7$s","orderId":"%1$s"}' },
      cause: { name: 'ChargeSucceeded/%2$s', data: null },
      times: ['2026-01-02T03:04:05.678Z'],
    })
  })

  it('has the hash of the data in the name of a message that is identified by its content', () => {
    const data = `{"orderId":"${order}"}`
    const own = message({ name: `NotificationDelivered/${contentHash({ orderId: order })}`, data })
    expect(format(`"${own.id}"`, { own }).own).toEqual({
      name: 'NotificationDelivered/%5$s',
      data: '{"orderId":"%1$s"}',
    })
  })

  it('must not contain an id that a copy would repeat', () => {
    expect(() => format('"33333333-3333-5333-8333-333333333333"')).toThrow('would have the same id 33333333-')
  })
})
