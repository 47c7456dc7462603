import { expect, it } from 'vitest'
import { decode, encode } from '../src/index.ts'
import { declined, sealed } from './sample.ts'

it.each([
  ['insufficient_funds', 'insufficient_funds'],
  ['insufficient_permissions', 'refused'],
  ['card_declined', 'refused'],
])('gives version 1 with the code %s the category %s', (code, category) => {
  const older = Buffer.from(encode(sealed({ ...declined, data: { ...declined.data, code } }), { PaymentDeclined: 1 }))
  expect(older.toString()).not.toContain('category')
  expect(decode(older).message).toMatchObject({ data: { code, category } })
})
