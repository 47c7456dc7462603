import { draft, type PhotoBlob } from '@quadrille/events'
import { aMessage } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Photo } from '../../src/domain/photo.ts'
import type { InventoryState } from '../../src/domain/state.ts'
import { photoProcessed, photoRejected, photoUploaded } from '../../src/reactions/photos.ts'

const photoId = '019aa2f4-3d10-7c55-8a1e-2b7f4c9d0e63'
const blob: PhotoBlob = { key: `${photoId}/original`, mediaType: 'image/png', size: 9, sha256: 'a'.repeat(64) }
const variants = ([320, 640, 1280] as const).map((maxWidth) => ({
  maxWidth,
  width: maxWidth,
  height: 9,
  key: `${photoId}/a.webp`,
  size: 9,
  sha256: 'b'.repeat(64),
}))
const base = { photoId, sku: 'mug', original: blob }
const processing: Photo = { ...base, status: 'processing' }
const ready: Photo = { ...base, status: 'ready', variants }
const rejected: Photo = { ...base, status: 'rejected', reason: 'unreadable' }

const state = (photo?: Photo): InventoryState => ({ reservation: undefined, stock: new Map(), photo })

const uploaded = aMessage('PhotoUploaded', { photoId, sku: 'mug', blob })
const processed = aMessage('PhotoProcessed', { photoId, variants })
const refused = aMessage('PhotoRejected', { photoId, reason: 'unreadable' })

describe('an upload', () => {
  it('is stored with a task that carries its claim check, and not its bytes', () => {
    expect(photoUploaded(state(), uploaded, noon)).toEqual({
      state: state(processing),
      tasks: [draft('ProcessPhoto', { photoId, sku: 'mug', blob })],
    })
  })

  it.each([processing, ready, rejected])('that is $status is not processed again', (photo) => {
    expect(photoUploaded(state(photo), uploaded, noon)).toEqual({})
  })
})

describe('an outcome', () => {
  it('makes the photo ready or rejected', () => {
    expect(photoProcessed(state(processing), processed, noon)).toEqual({ state: state(ready) })
    expect(photoRejected(state(processing), refused, noon)).toEqual({ state: state(rejected) })
  })

  it.each([undefined, ready, rejected])('of a photo that waits for none changes nothing', (photo) => {
    expect(photoProcessed(state(photo), processed, noon)).toEqual({})
    expect(photoRejected(state(photo), refused, noon)).toEqual({})
  })
})
