import { expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { commonConfig } from '../../src/runtime/config.ts'

const retention = commonConfig.pick({ INBOX_TTL: true, DEAD_LETTER_TTL: true })

it.each(['INBOX_TTL', 'DEAD_LETTER_TTL'] as const)(
  '%s is a day at least, because messages wait for a retry',
  (name) => {
    expect(() => readConfig(retention, { [name]: '23h' })).toThrow(`${name} is wrong: must be 1d or more`)
    expect(readConfig(retention, { [name]: '1d' })).toMatchObject({ [name]: 86_400_000 })
  },
)
