import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const photoRejected = reaction('PhotoRejected', (state, { data: { reason } }) => {
  const { photo } = state
  if (photo?.status !== 'processing') return nothing // it was replaced and deleted, or has another outcome
  const { photoId, sku, original } = photo
  return { state: { ...state, photo: { photoId, sku, original, status: 'rejected', reason } } }
})
