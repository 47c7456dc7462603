import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

/** Changes only its own upload, so an outcome that arrives after a later upload replaces nothing. */
export const photoProcessed = reaction('PhotoProcessed', (state, { data: { variants } }) => {
  const { photo } = state
  if (photo?.status !== 'processing') return nothing // it was replaced and deleted, or has another outcome
  const { photoId, sku, original } = photo
  return { state: { ...state, photo: { photoId, sku, original, status: 'ready', variants } } }
})
