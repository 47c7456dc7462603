import { expect, test } from 'vitest'
import { z } from 'zod'
import { nearMisses } from '../../src/config/near-miss.ts'

const variables = z.object(
  Object.fromEntries(['ORDER_PORT', 'HOST', 'PORT', 'AMQP_URL', 'LOG_LEVEL'].map((name) => [name, z.string()])),
)

test.each([
  ['ORDERS_PORT', 'ORDER_PORT'],
  ['ORDER_PROT', 'ORDER_PORT'],
  ['AMPQ_URL', 'AMQP_URL'],
  ['AMPQ_URL_FILE', 'AMQP_URL_FILE'],
  ['PROT', 'PORT'],
  ['loglevel', 'LOG_LEVEL'],
])('%s is reported as a misspelling of %s', (name, meant) => {
  expect(nearMisses(variables, { [name]: '1' })).toEqual([`${name} is not a known variable. Did you mean ${meant}?`])
})

test.each([
  'ORDER_PORT',
  'AMQP_URL_FILE',
  'HOME',
  'HOSTNAME',
  'PATH',
  'LANG',
  'npm_config_user_agent',
  'LOG_LEVELS_OF_ALL',
])('%s is not a misspelling of a variable', (name) => expect(nearMisses(variables, { [name]: '1' })).toEqual([]))
