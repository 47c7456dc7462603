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
