import { expect, it } from 'vitest'
import { z } from 'zod'
import { integer } from '../../src/config/integer.ts'
import { type Environment, readConfig } from '../../src/config/read-config.ts'
import { commonConfig, commonConfigOf, withOwnVariables } from '../../src/runtime/config.ts'
import { post } from '../post.ts'

const read = (env: Environment) =>
  readConfig(withOwnVariables(commonConfigOf(post), z.object({ PARCELS_MAX: integer(1, 9) })), env)

it('an unintended exposure is reported together with the other variables that are wrong', () => {
  expect(() => read({ HOST: '0.0.0.0', PORT: 'x', PARCELS_MAX: 'x' })).toThrow(
    /^DATABASE_URL is not set: .+\nPORT is wrong: .+\nPARCELS_MAX is wrong: .+\nAUTH is not set: .+\nADMIN_PORT is not set: .+$/,
  )
  const exposed = { HOST: '0.0.0.0', PARCELS_MAX: '1', DATABASE_URL: 'postgres://x' }
  expect(() => read({ ...exposed, AUTH: 'on' })).toThrow(/^AUTH is wrong: .+$/)
  expect(() => read({ ...exposed, AUTH_FILE: '/nowhere/auth' })).toThrow(/^AUTH_FILE is wrong: .+$/)
})

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
