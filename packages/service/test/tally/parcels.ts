/** Messages about parcels, for the tally. */
import { contentHash, type Decoded } from '@quadrille/messages'
import { noon } from '@quadrille/testing'
import { aParcel, type Draft, draft, newParcelId, seal } from '../post.ts'

const decoded = (message: Draft): Decoded => ({
  message: seal(message, { service: 'counter', now: noon }),
  hash: contentHash(message.data),
})

/** A ParcelSent. The id of its sender selects a failure. */
export const parcelSent = (senderId = 'fine', parcelId = newParcelId()): Decoded => {
  const parcel = aParcel(parcelId)
  return decoded(draft('ParcelSent', { ...parcel, sender: { ...parcel.sender, id: senderId } }))
}

export const parcelRecalled = (parcelId: string): Decoded => {
  const { sender, weight } = aParcel(parcelId)
  return decoded(draft('ParcelRecalled', { parcelId, sender, weight }))
}
