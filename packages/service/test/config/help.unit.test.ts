import { expect, test } from 'vitest'
import { z } from 'zod'
import { helpFor } from '../../src/config/help.ts'
import { integer } from '../../src/config/integer.ts'

test('the help has a line for each variable, with its allowed values and its default', () => {
  const schema = z.object({
    PORT: integer(0, 65_535).default(3_000).describe('The port'),
    MIGRATE: z.enum(['on', 'off']).default('on').describe('Whether to migrate'),
    ADMIN_PORT: integer(0, 65_535).optional().describe('The other port. Default: PORT'),
    AMQP_URL: z.string().describe('The broker'),
    NAME: z.string().optional().describe('A name'),
  })
  expect(helpFor(schema).split('\n')).toEqual([
    '  PORT        The port (0 to 65535; default: 3000)',
    '  MIGRATE     Whether to migrate (on, off; default: on)',
    '  ADMIN_PORT  The other port. Default: PORT (0 to 65535)',
    '  AMQP_URL    The broker (required)',
    '  NAME        A name (default: none)',
  ])
})
