/** The error that a problem reports for a field. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { fieldErrors } from '../../src/http/problem.ts'

const body = z.strictObject({
  name: z.string().min(1).max(3),
  lines: z.array(z.int()).min(1).max(2),
  rate: z.number().min(1).max(10),
  code: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  email: z.email().optional(),
  status: z.enum(['open', 'closed']).optional(),
  stuck: z.literal('true').optional(),
  ids: z.union([z.uuid(), z.array(z.uuid())]).optional(),
  notes: z.record(z.string().min(1).max(3), z.string()).optional(),
})
const right = { name: 'ada', lines: [1], rate: 1, code: 'EUR' }

test.each([
  [{ name: undefined }, '/name is required'],
  [{ name: 7 }, '/name must be a string'],
  [{ name: '' }, '/name must have at least 1 character'],
  [{ name: 'adam' }, '/name must have at most 3 characters'],
  [{ lines: [] }, '/lines must have at least 1 item'],
  [{ lines: [1, 2, 3] }, '/lines must have at most 2 items'],
  [{ lines: {} }, '/lines must be an array'],
  [{ lines: [1.5] }, '/lines/0 must be a whole number'],
  [{ rate: 0 }, '/rate must be at least 1'],
  [{ rate: 11 }, '/rate must be at most 10'],
  [{ code: 'eur' }, '/code must be an ISO 4217 code'],
  [{ email: 'ada' }, '/email must be a valid email address'],
  [{ status: 'lost' }, '/status must be one of open, closed'],
  [{ stuck: 'no' }, '/stuck must be true'],
  [{ ids: '7' }, '/ids must be a valid UUID'],
  [{ ids: ['7'] }, '/ids/0 must be a valid UUID'],
  [{ notes: [] }, '/notes must be an object'],
  [{ notes: { '': 'a' } }, '/notes/ has an invalid name, which must have at least 1 character'],
  [{ notes: { long: 'a' } }, '/notes/long has an invalid name, which must have at most 3 characters'],
  [{ notes: { a: 1 } }, '/notes/a must be a string'],
  [{ street: 'Main' }, '/street is not a known field'],
])('%j: %s', (wrong, expected) => {
  const { error } = body.safeParse({ ...right, ...wrong })
  const shown = error && fieldErrors(error).map(({ pointer, detail }) => `${pointer} ${detail}`)
  expect(shown).toEqual([expected])
})
