import { expect, test } from 'vitest'
import { z } from 'zod'
import { dayMs, duration } from '../../src/config/duration.ts'
import { readConfig } from '../../src/config/read-config.ts'

const schema = z.object({ INBOX_TTL: duration })

test('a duration has at most 100 years, so that Postgres can add it to a date', () => {
  expect(readConfig(schema, { INBOX_TTL: '36500d' })).toEqual({ INBOX_TTL: 36_500 * dayMs })
  expect(() => readConfig(schema, { INBOX_TTL: '36501d' })).toThrow(/^INBOX_TTL is wrong: must be at most 36500d$/)
})
