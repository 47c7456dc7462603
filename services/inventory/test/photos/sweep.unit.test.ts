import type { PhotoBlob } from '@quadrille/events'
import { timeOrderedId } from '@quadrille/messages'
import { expect, it } from 'vitest'
import type { Photo } from '../../src/domain/photo.ts'
import { createSweep } from '../../src/photos/blobs/sweep.ts'

const hourMs = 3_600_000

/** A store with these blobs, by key, with their age. */
const sweeping = (ages: Readonly<Record<string, number>>, photos: readonly Photo[]) => {
  const left = new Map(Object.entries(ages))
  const blobs = {
    list: async function* () {
      for (const [key, ageMs] of [...left]) yield { key, ageMs }
    },
    delete: async (key: string) => void left.delete(key),
  }
  const findPhotos = async (ids: readonly string[]) => photos.filter(({ photoId }) => ids.includes(photoId))
  return { left, sweep: createSweep({ blobs, findPhotos }) }
}

const newPhotoId = () => timeOrderedId(0)
const [processing, ready, rejected, gone] = [newPhotoId(), newPhotoId(), newPhotoId(), newPhotoId()]
const originalOf = (photoId: string): PhotoBlob => ({
  key: `${photoId}/original`,
  mediaType: 'image/png',
  size: 1,
  sha256: '0'.repeat(64),
})
const variant = { maxWidth: 320, width: 1, height: 1, size: 1, sha256: '0'.repeat(64), key: `${ready}/a.webp` } as const
const base = (photoId: string) => ({ photoId, sku: 'mug', original: originalOf(photoId) })
const photos: Photo[] = [
  { ...base(processing), status: 'processing' },
  { ...base(ready), status: 'ready', variants: [variant] },
  { ...base(rejected), status: 'rejected', reason: 'unreadable' },
]

it('deletes old blobs that no photo needs, and keeps all others', async () => {
  const old = 2 * hourMs
  const { left, sweep } = sweeping(
    {
      [`${processing}/original`]: old,
      [`${processing}/of-a-run-whose-outcome-is-not-stored.webp`]: old,
      [`${ready}/original`]: old,
      [`${ready}/a.webp`]: old,
      [`${ready}/of-a-run-before.webp`]: old,
      [`${rejected}/original`]: old,
      [`${gone}/original`]: old,
      'incoming/an-interrupted-upload': old,
    },
    photos,
  )
  expect(await sweep()).toBe(4)
  expect([...left.keys()]).toEqual([
    `${processing}/original`,
    `${processing}/of-a-run-whose-outcome-is-not-stored.webp`,
    `${ready}/original`,
    `${ready}/a.webp`,
  ])
})

it('keeps a blob for an hour, because its photo may not be committed yet', async () => {
  const { left, sweep } = sweeping({ [`${gone}/original`]: hourMs - 1, 'incoming/an-upload': hourMs - 1 }, [])
  expect(await sweep()).toBe(0)
  expect(left.size).toBe(2)
})

it('deletes the blob of a rejected photo at any age', async () => {
  const { left, sweep } = sweeping(
    { [`${rejected}/original`]: 0, [`${ready}/original`]: 0, [`${processing}/a.webp`]: 0 },
    photos,
  )
  expect(await sweep()).toBe(1)
  expect([...left.keys()]).toEqual([`${ready}/original`, `${processing}/a.webp`])
})

it('looks at ten thousand blobs in a run, and continues with the next ones', async () => {
  const many = Object.fromEntries(Array.from({ length: 25_000 }, (_, index) => [`incoming/${index}`, 2 * hourMs]))
  const { left, sweep } = sweeping(many, [])
  const deleted = [await sweep(), await sweep(), await sweep(), await sweep()]
  expect(deleted).toEqual([10_000, 10_000, 5_000, 0])
  expect(left.size).toBe(0)
})

it('deletes nothing more when the service stops', async () => {
  const { left, sweep } = sweeping({ [`${gone}/original`]: 2 * hourMs }, [])
  expect(await sweep(AbortSignal.abort())).toBe(0)
  expect(left.size).toBe(1)
})
