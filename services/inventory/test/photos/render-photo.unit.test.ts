/** The work on one photo, with a real folder. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { folderStore } from '../../src/photos/blobs/folder.ts'
import { renderPhoto } from '../../src/photos/images/render-photo.ts'
import { aJpeg } from './images.ts'

const upload = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-photos-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const store = folderStore(async () => folder)
  const stored = await store.put('photo/original', [await aJpeg()])
  const blob = { key: 'photo/original', mediaType: 'image/jpeg', ...stored } as const
  return { folder, store, path: join(folder, 'photo/original'), photo: { photoId: 'photo', blob } }
}

it('stores a variant for each width under its hash, the same ones if it is repeated', async () => {
  const { store, photo, folder } = await upload()
  const first = await renderPhoto(store, photo)
  expect(first).toMatchObject({ status: 'ready', variants: [{ maxWidth: 320 }, { maxWidth: 640 }, { maxWidth: 1280 }] })
  expect(await renderPhoto(store, photo)).toEqual(first)
  const keys = first.status === 'ready' ? first.variants.map(({ key }) => key) : []
  expect((await readdir(join(folder, 'photo'))).map((name) => `photo/${name}`).sort()).toEqual(
    ['photo/original', ...keys].sort(),
  )
})

it('rejects a blob that is gone', async () => {
  const { store, photo, path } = await upload()
  await rm(path)
  expect(await renderPhoto(store, photo)).toEqual({ status: 'rejected', reason: 'lost' })
})

it('is tried again if the folder of all blobs is missing, for example on a volume that is not mounted', async () => {
  const { store, photo, folder } = await upload()
  await rm(folder, { recursive: true })
  await expect(renderPhoto(store, photo)).rejects.toThrow('is missing')
})

it.each([
  ['other bytes of the same length', (size: number) => Buffer.alloc(size, 1)],
  ['fewer bytes', () => Buffer.alloc(1)],
  ['more bytes', (size: number) => Buffer.alloc(size + 1)],
])('rejects a blob that has %s, although they may be an image', async (_what, change) => {
  const { store, photo, path } = await upload()
  await writeFile(path, change(photo.blob.size))
  expect(await renderPhoto(store, photo)).toEqual({ status: 'rejected', reason: 'altered' })
})

it('rejects another photo under the same key', async () => {
  const { store, photo } = await upload()
  await store.put('photo/original', [await aJpeg({ width: 801, height: 600 })])
  expect(await renderPhoto(store, photo)).toEqual({ status: 'rejected', reason: 'altered' })
})
