import { expect, test } from 'vitest'
import { outgoing } from '../../src/core/outgoing.ts'
import { aParcel, type Draft, decode, draft, post, seal } from '../post.ts'

const now = new Date(0)
const { parcelId, sender, weight } = aParcel()
const recalled = draft('ParcelRecalled', { parcelId, sender, weight, note: 'fragile' })

const rowOf = (event: Draft, publishVersions = {}) => {
  const events = [seal(event, { service: 'counter', now })]
  const [row] = outgoing([{ events, tasks: [] }], { language: post, model: post.services.counter, publishVersions })
  if (!row) throw new Error('The event has no row.')
  return { ...row, received: decode(Buffer.from(row.body)) }
}

test('passes on a message that is sent in its newest version, as a consumer would decode it', () => {
  const { decoded, received } = rowOf(recalled, { ParcelRecalled: 2 })
  expect(decoded?.message).toEqual(received.message)
  expect(decoded?.hash).toBe(received.hash)
})

test('does not pass on a message that is sent in an older version', () => {
  const { decoded, received } = rowOf(recalled)
  expect(decoded).toBeUndefined()
  expect(received.message.data).not.toHaveProperty('note')
})

test('counts the bytes of a message, and not its characters, because consumers limit the bytes', () => {
  const { body, bytes } = rowOf(draft('ParcelRecalled', { parcelId, sender, weight, note: 'é' }), { ParcelRecalled: 2 })
  expect(bytes).toBe(body.length + 1)
})
