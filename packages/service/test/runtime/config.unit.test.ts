import { expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { commonConfig } from '../../src/runtime/config.ts'

it.each(['order:ab%e4cd@host/name', 'or%e4der@host/name', 'order@host/na%e4me'])(
  'a URL of a database with an escape that is not UTF-8 is wrong: %s',
  (rest) => {
    const database = commonConfig.pick({ DATABASE_URL: true })
    const read = (url: string) => readConfig(database, { DATABASE_URL: `postgres://${url}` })
    expect(() => read(rest)).toThrow('DATABASE_URL is wrong: has an escape that is not UTF-8: write % as %25')
    expect(read(rest.replace('%e4', '%25'))).toBeDefined()
    expect(read(rest.replace('%e4', '%c3%a4'))).toBeDefined()
  },
)

const retention = commonConfig.pick({ INBOX_TTL: true, DEAD_LETTER_TTL: true })

it.each(['INBOX_TTL', 'DEAD_LETTER_TTL'] as const)(
  '%s is a day at least, because messages wait for a retry',
  (name) => {
    expect(() => readConfig(retention, { [name]: '23h' })).toThrow(`${name} is wrong: must be 1d or more`)
    expect(readConfig(retention, { [name]: '1d' })).toMatchObject({ [name]: 86_400_000 })
  },
)
