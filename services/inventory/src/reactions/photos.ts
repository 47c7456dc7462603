/** Reactions to uploads of photos, and to the outcomes of their processing. */
import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const photoUploaded = reaction('PhotoUploaded', (state, { data: { photoId, sku, blob } }) => {
  if (state.photo) return nothing
  return {
    state: { ...state, photo: { photoId, sku, original: blob, status: 'processing' } },
    tasks: [draft('ProcessPhoto', { photoId, sku, blob })],
  }
})

/** Changes only its own upload, so an outcome that arrives after a later upload replaces nothing. */
export const photoProcessed = reaction('PhotoProcessed', (state, { data: { variants } }) => {
  const { photo } = state
  if (photo?.status !== 'processing') return nothing // it was replaced and deleted, or has another outcome
  const { photoId, sku, original } = photo
  return { state: { ...state, photo: { photoId, sku, original, status: 'ready', variants } } }
})

export const photoRejected = reaction('PhotoRejected', (state, { data: { reason } }) => {
  const { photo } = state
  if (photo?.status !== 'processing') return nothing // it was replaced and deleted, or has another outcome
  const { photoId, sku, original } = photo
  return { state: { ...state, photo: { photoId, sku, original, status: 'rejected', reason } } }
})
