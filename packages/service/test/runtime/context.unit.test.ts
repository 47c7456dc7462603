import { expect, it } from 'vitest'
import { itemOf } from '../../src/runtime/context.ts'
import { aParcel, draft, seal } from '../post.ts'

it('a dispatched message counts in its batch with its bytes, and not its characters', () => {
  const { parcelId, sender, weight } = aParcel()
  const bytesOf = (note: string) => {
    const recalled = draft('ParcelRecalled', { parcelId, sender, weight, note })
    return itemOf(seal(recalled, { service: 'counter', now: new Date(0) })).bytes ?? 0
  }
  expect(bytesOf('易碎') - bytesOf('')).toBe(6)
})
