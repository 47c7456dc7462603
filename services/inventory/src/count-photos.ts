/** Counts the photos by their outcome. */
import type { OnCommitted } from '@quadrille/service'
import { Counter, type Registry } from 'prom-client'
import type { InventoryState } from './domain/state.ts'

export const countPhotos = (registry: Registry): OnCommitted<InventoryState> => {
  const photos = new Counter({
    name: 'quadrille_photos_total',
    help: 'Photos by outcome: ready, or the reason of the rejection',
    labelNames: ['outcome'],
    registers: [registry],
  })
  return (steps) => {
    for (const { before, after } of steps) {
      if (after.photo === undefined || after.photo === before.photo) continue
      if (after.photo.status === 'ready') photos.inc({ outcome: 'ready' })
      if (after.photo.status === 'rejected') photos.inc({ outcome: after.photo.reason })
    }
  }
}
