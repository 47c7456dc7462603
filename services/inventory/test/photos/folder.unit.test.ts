import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { where } from '@quadrille/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { StoreFull, StoreUnreachable } from '../../src/photos/blobs/blob-store.ts'
import { folderStore, hasSpace } from '../../src/photos/blobs/folder.ts'

const openStore = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-photos-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { folder, store: folderStore(async () => folder) }
}

const keysOf = async (list: AsyncIterable<{ readonly key: string }>) => {
  const keys: string[] = []
  for await (const { key } of list) keys.push(key)
  return keys.toSorted()
}

it('stores bytes with their size and hash, opens, lists and deletes them', async () => {
  const { folder, store } = await openStore()
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' // of abc, FIPS 180-2
  expect(await store.put('a/one', [Buffer.from('a'), Buffer.from('bc')])).toEqual({ size: 3, sha256 })
  await store.put('b/two', [])
  expect(String(await store.read('a/one', 3))).toBe('abc')
  expect(String(await store.read('a/one', 1))).toBe('ab')
  expect(await keysOf(store.list())).toEqual(['a/one', 'b/two'])
  await store.delete('a/one')
  await store.delete('a/one')
  expect(await store.read('a/one', 3)).toBeUndefined()
  expect(await readdir(folder)).toEqual(['b', 'incoming'])
})

it('creates its folder only while it is new, because a missing one may be on a volume that is not mounted', async () => {
  const { folder: volume } = await openStore()
  let isNew = false
  const store = folderStore(
    async () => join(volume, 'photos', 'folder'),
    async () => isNew,
  )
  const missing = /photos\/folder of the photos is missing. Mount the volume/
  await expect(store.read('a/one', 3)).rejects.toThrow(missing)
  await expect(store.put('a/one', [])).rejects.toThrow(missing)
  await expect(store.hasSpace()).rejects.toThrow(missing)
  expect(await keysOf(store.list())).toEqual([])
  expect(await readdir(volume)).toEqual([])
  isNew = true
  expect(await store.hasSpace()).toBeTypeOf('boolean')
  expect((await stat(join(volume, 'photos', 'folder'))).mode & 0o777).toBe(0o700) // other users cannot read it
  isNew = false
  await store.put('a/one', [])
  expect(await store.read('a/two', 3)).toBeUndefined()
  expect(await keysOf(store.list())).toEqual(['a/one'])
})

it.each(['ENOSPC', 'EDQUOT'])('is full without space or quota (%s), and stores nothing', async (code) => {
  const { store } = await openStore()
  const overfull = async function* () {
    yield Buffer.from('a')
    throw Object.assign(new Error('no room'), { code })
  }
  await expect(store.put('a/one', overfull())).rejects.toBeInstanceOf(StoreFull)
  expect(await keysOf(store.list())).toEqual([])
})

it('is unreachable on a read-only volume, and names the remedy', async () => {
  const error = Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS', syscall: 'open' })
  const store = folderStore(
    async () => '/somewhere',
    async () => false,
    () => Promise.reject(error),
  )
  const message = expect.stringMatching(/^PHOTOS_DIR can’t be used: EROFS.* must be able to read and write/)
  await expect(store.put('a/one', [])).rejects.toMatchObject({ name: 'StoreUnreachable', message })
})

it('is unreachable if the file system rejects a call for another reason', async () => {
  const { folder, store } = await openStore()
  await mkdir(join(folder, 'a', 'folder'), { recursive: true })
  await writeFile(join(folder, 'incoming'), '')
  const rejected = {
    name: 'StoreUnreachable',
    message: expect.stringMatching(/^PHOTOS_DIR can’t be used: E/),
  }
  await expect(store.put('a/one', [])).rejects.toMatchObject(rejected)
  await expect(store.read('a/folder', 3)).rejects.toMatchObject(rejected)
})

it('stores nothing if the source fails, and replaces a blob as a whole', async () => {
  const { store } = await openStore()
  await store.put('a/one', [Buffer.from('old')])
  const broken = async function* () {
    yield Buffer.from('new')
    throw new Error('the client is gone')
  }
  await expect(store.put('a/one', broken())).rejects.toThrow('the client is gone')
  expect(await keysOf(store.list())).toEqual(['a/one'])
  expect(String(await store.read('a/one', 3))).toBe('old')
})

it('asks the database outside of its calls of the file system, which would count as hanging ones', async () => {
  const { folder: volume } = await openStore()
  let calls = 0
  const call = <Result>(work: () => Promise<Result>): Promise<Result> => {
    calls += 1
    return work().finally(() => (calls -= 1))
  }
  const ask = async <Answer>(answer: Answer): Promise<Answer> => {
    expect(calls).toBe(0)
    return answer
  }
  const open = (name: string) =>
    folderStore(
      () => ask(join(volume, name)),
      () => ask(true),
      call,
    )
  expect(await open('a').hasSpace()).toBeTypeOf('boolean')
  expect(await open('b').read('a/one', 3)).toBeUndefined()
  expect(await open('c').put('a/one', [])).toMatchObject({ size: 0 })
})

const unreachable = new StoreUnreachable('no answer')
const noAnswer = (): Promise<never> => Promise.reject(unreachable)

/** A store on a volume that has faults: `fail` replaces a call of the file system. */
const openFaulty = async () => {
  const { folder } = await openStore()
  const volume: { fail?: (() => Promise<never>) | undefined } = {}
  const store = folderStore(
    async () => folder,
    async () => false,
    (work) => (volume.fail ?? work)(),
  )
  return { folder, store, volume }
}

it('reports why an upload failed, also if its file can’t be removed', async () => {
  const { store, volume } = await openFaulty()
  const broken = async function* () {
    yield Buffer.from('a')
    volume.fail = noAnswer
    throw new Error('the client is gone')
  }
  await expect(store.put('a/one', broken())).rejects.toThrow('the client is gone')
})

it('does not wait for the removal of the file of an upload if the volume does not answer', async () => {
  const { store, volume } = await openFaulty()
  const source = async function* () {
    yield Buffer.from('a')
    volume.fail = () => {
      volume.fail = () => new Promise(() => undefined)
      return noAnswer()
    }
  }
  await expect(store.put('a/one', source())).rejects.toBe(unreachable)
})

/** The files that this process has open, on Linux (proc(5)). */
const ownFiles = '/proc/self/fd'
const whereOwnFiles = where(existsSync(ownFiles), `${ownFiles} is missing`, it)

whereOwnFiles?.('closes its folders if the volume stops answering during a listing', async () => {
  const { folder, store, volume } = await openFaulty()
  await store.put('a/one', [])
  const openFiles = async () => {
    const files = await readdir(ownFiles)
    const targets = await Promise.all(files.map((file) => readlink(join(ownFiles, file)).catch(() => '')))
    return targets.filter((target) => target.startsWith(folder))
  }
  const listing = store.list()[Symbol.asyncIterator]()
  await listing.next()
  expect(await openFiles()).not.toEqual([])
  volume.fail = noAnswer
  await expect(listing.next()).rejects.toBe(unreachable)
  await expect.poll(openFiles).toEqual([])
})

it('lists the remains of an interrupted upload, so that they are swept', async () => {
  const { store } = await openStore()
  const until = Promise.withResolvers<void>()
  const slow = async function* () {
    yield Buffer.alloc(1_048_576)
    await until.promise
  }
  const putting = store.put('a/one', slow())
  await expect.poll(() => keysOf(store.list())).toEqual([expect.stringMatching(/^incoming\//)])
  until.resolve()
  await putting
  expect(await keysOf(store.list())).toEqual(['a/one'])
})

it('tells the age of a blob by the clock of its volume, because that of this machine may be hours ahead', async () => {
  const { folder, store } = await openStore()
  await store.put('a/new', [])
  await store.put('a/old', [])
  await utimes(join(folder, 'a', 'old'), new Date(), new Date(Date.now() - 7_200_000))
  const ahead = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 7_200_000)
  onTestFinished(() => ahead.mockRestore())
  const hours = new Map<string, number>()
  for await (const { key, ageMs } of store.list()) hours.set(key, Math.abs(Math.round(ageMs / 3_600_000))) // the times of files are a few ms late
  expect(hours).toEqual(
    new Map([
      ['a/new', 0],
      ['a/old', 2],
    ]),
  )
})

it('keeps the folder of incoming uploads when its last file is deleted, and ignores files of others', async () => {
  const { folder, store } = await openStore()
  await mkdir(join(folder, 'incoming'))
  await writeFile(join(folder, 'incoming', 'interrupted'), '')
  await writeFile(join(folder, 'incoming', '.nfs0001'), '')
  expect(await keysOf(store.list())).toEqual(['incoming/interrupted'])
  await rm(join(folder, 'incoming', '.nfs0001'))
  await store.delete('incoming/interrupted')
  expect(await readdir(folder)).toEqual(['incoming'])
})

const gib = 1_024 ** 3
it.each([
  [1, 100, true],
  [0.99, 100, false],
  [0.5, 10, true],
  [0.49, 10, false],
])('%d GiB free of %d GiB: accepts uploads: %s', (free, total, accepts) => {
  expect(hasSpace({ freeBytes: free * gib, totalBytes: total * gib })).toBe(accepts)
})

it('measures the space even before its first blob', async () => {
  const { store } = await openStore()
  expect(await store.hasSpace()).toBeTypeOf('boolean')
})

it.each(['../outside', 'a/../../b', 'a', '/etc/passwd', 'a/b/c', '.a/b', 'a/.b', 'a/', 'a\\b/c', 'a/b\0'])(
  'refuses the key %j',
  async (key) => {
    const { store } = await openStore()
    await expect(store.put(key, [])).rejects.toThrow('is not a key of a blob')
    await expect(store.read(key, 3)).rejects.toThrow('is not a key of a blob')
  },
)
