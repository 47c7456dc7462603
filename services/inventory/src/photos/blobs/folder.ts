/** A blob store in a folder. Processes on several machines can share it if it is on a shared volume. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, appendFile, mkdir, open, opendir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type BlobStore, type ListedBlob, type StoredBlob, StoreFull, StoreUnreachable } from './blob-store.ts'
import type { LimitedCall } from './limit-calls.ts'

/** Incomplete blobs. On the same file system, so that a rename is atomic. */
const incoming = 'incoming'

/** The free space below which no further uploads are accepted, bytes, and as a part of a small volume. */
const minFreeBytes = 1_024 ** 3
const minFreeShare = 0.05

const keyPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*\/[A-Za-z0-9_-][A-Za-z0-9._-]*$/
const isKey = (key: string): boolean => keyPattern.test(key)

/**
 * Opens the store in the folder that `locate` resolves to. It is created for the first blob, while `isNew` resolves to true. Default:
 * never. If it is missing later, it may be on a volume that is not mounted. So `put`, `read` and `hasSpace` then throw
 * StoreUnreachable: no blob is reported as absent, and none is stored where others do not find it. `limited` makes all calls
 * of the file system, and may limit them. Default: no limits, for a process that does nothing else. `locate` and `isNew` run
 * outside of it, because they ask a database. A call that the file system rejects throws StoreUnreachable, unless it is full.
 */
export const folderStore = (
  locate: () => Promise<string>,
  isNew: () => Promise<boolean> = async () => false,
  limited: LimitedCall = (work) => work(),
): BlobStore => {
  const call: LimitedCall = (work) => limited(work).catch(rejected)
  const pathOf = async (key: string): Promise<string> => {
    if (!isKey(key)) throw new Error(`${key} is not a key of a blob.`)
    return join(await locate(), key)
  }
  const existingFolder = async (): Promise<string> => {
    const folder = await locate()
    if (await call(() => exists(folder))) return folder
    if (!(await isNew())) throw missing(folder)
    await call(() => create(folder))
    return folder
  }
  return {
    put: async (key, source) => {
      const target = await pathOf(key)
      const temporary = join(await existingFolder(), incoming, randomUUID())
      try {
        await call(() => mkdir(dirname(temporary), { recursive: true }))
        const stored = await write(temporary, source, call)
        await call(() => move(temporary, target))
        return stored
      } catch (error) {
        if (error instanceof StoreUnreachable) throw error // a removal would wait again, and the sweep deletes the file
        await call(() => rm(temporary, { force: true })).catch(() => undefined)
        throw isFull(error) ? new StoreFull('The volume of PHOTOS_DIR is full.', { cause: error }) : error
      }
    },
    read: async (key, size) => {
      const path = await pathOf(key)
      const bytes = await call(() => absent(undefined, () => buffer(createReadStream(path, { end: size }))))
      if (!bytes) await existingFolder()
      return bytes
    },
    delete: async (key) => {
      const path = await pathOf(key)
      await call(() => rm(path, { force: true }))
      const folder = dirname(path)
      if (basename(folder) === incoming) return // an upload may use it at any time
      await call(() => rmdir(folder).catch(() => undefined)) // it has other blobs, or does not exist
    },
    list: async function* () {
      const blobs = list(await locate())
      try {
        for (;;) {
          const { done, value } = await call(() => blobs.next())
          if (done) return
          yield value
        }
      } finally {
        // Closes the open folders, after a late call has ended. A folder is closed without the server of its volume.
        void blobs.return(undefined).catch(() => undefined)
      }
    },
    hasSpace: async () => {
      const folder = await existingFolder()
      const { bavail, blocks, bsize } = await call(() => statfs(folder))
      return hasSpace({ freeBytes: bavail * bsize, totalBytes: blocks * bsize })
    },
  }
}

const exists = (path: string): Promise<boolean> => absent(false, () => access(path).then(() => true))

/** Only its owner can open it: an original may say where it was taken. */
const create = async (folder: string): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await syncFolder(dirname(folder))
}

const missing = (folder: string): StoreUnreachable =>
  new StoreUnreachable(
    `The folder ${folder} of the photos is missing. Mount the volume of PHOTOS_DIR. If the photos are lost, create the folder.`,
  )

/** Whether further uploads are accepted: 1 GiB is free, or 5 % of a volume of less than 20 GiB. */
export const hasSpace = ({
  freeBytes,
  totalBytes,
}: {
  readonly freeBytes: number
  readonly totalBytes: number
}): boolean => freeBytes >= Math.min(minFreeBytes, totalBytes * minFreeShare)

/** How many bytes are written at a time. A network volume stores them before it answers. */
const pieceSize = 1_048_576

const write = async (path: string, source: Parameters<BlobStore['put']>[1], call: LimitedCall): Promise<StoredBlob> => {
  const hash = createHash('sha256')
  let [size, written] = [0, 0]
  let piece: Uint8Array[] = []
  for await (const chunk of source) {
    hash.update(chunk)
    size += chunk.byteLength
    piece.push(chunk)
    if (size - written < pieceSize) continue
    await call(() => appendFile(path, Buffer.concat(piece)))
    piece = []
    written = size
  }
  await call(() => appendFile(path, Buffer.concat(piece), { flush: true }))
  return { size, sha256: hash.digest('hex') }
}

/** Durable after a crash of the machine, as soon as both folders are written. */
const move = async (from: string, to: string): Promise<void> => {
  const folder = dirname(to)
  await mkdir(folder, { recursive: true })
  try {
    await rename(from, to)
  } catch (error) {
    if (!isAbsent(error)) throw error
    await mkdir(folder, { recursive: true }) // a sweep has just removed the empty folder
    await rename(from, to)
  }
  await syncFolder(folder)
  await syncFolder(dirname(folder))
}

const syncFolder = async (path: string): Promise<void> => {
  await using folder = await open(path)
  await folder.sync()
}

/** The error of a read-only volume or another user's folder, with its remedy, or of a defective disk. */
const rejected = (error: unknown): never => {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error) || isFull(error)) throw error
  const remedy = forbidding.has(error.code) ? '. The user of the service must be able to read and write the folder' : ''
  throw new StoreUnreachable(`PHOTOS_DIR can’t be used: ${error.message}${remedy}.`, { cause: error })
}

const forbidding: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS'])

/** No space, no file numbers, or no quota is left. */
const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')

/** The time by the clock that gives files their times: that of a new file, ms since 1970. A sweep deletes it after a crash. */
const timeIn = async (directory: string): Promise<number> => {
  const path = join(directory, incoming, randomUUID())
  try {
    await using file = await open(path, 'wx')
    return (await file.stat()).mtimeMs
  } catch (error) {
    if (isFull(error)) return Date.now() // the sweep frees space
    throw error
  } finally {
    await rm(path, { force: true })
  }
}

async function* list(directory: string): AsyncGenerator<ListedBlob, undefined> {
  const nowMs = await absent(undefined, () => timeIn(directory))
  if (nowMs === undefined) return undefined // no blob was stored yet, or the volume is not mounted
  for await (const folder of entriesOf(directory)) {
    for await (const name of entriesOf(join(directory, folder))) {
      const key = `${folder}/${name}`
      if (!isKey(key)) continue // a file of others, such as .nfs… of a network volume
      const found = await absent(undefined, () => stat(join(directory, key)))
      if (found?.isFile()) yield { key, ageMs: nowMs - found.mtimeMs }
    }
  }
}

async function* entriesOf(path: string): AsyncIterable<string> {
  const folder = await absent(undefined, () => opendir(path))
  if (!folder) return
  for await (const { name } of folder) yield name
}

/** The result, or `otherwise` if the file or folder does not exist. */
const absent = async <Result, Otherwise>(
  otherwise: Otherwise,
  work: () => Promise<Result>,
): Promise<Result | Otherwise> => {
  try {
    return await work()
  } catch (error) {
    if (isAbsent(error)) return otherwise
    throw error
  }
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
