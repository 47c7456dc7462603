/** The store of photos: bytes under a key, outside of Postgres and of the messages, which carry only the key. */

/** The content of a blob, by which a reader recognises it. */
export interface StoredBlob {
  /** The number of bytes. */
  readonly size: number
  /** In hexadecimal digits. */
  readonly sha256: string
}

export interface ListedBlob {
  readonly key: string
  /** The time since it was stored, ms, when the listing began. By the clock of the store, which may be on another machine. */
  readonly ageMs: number
}

/** The store can't be reached, for example because its volume is not mounted or does not answer. The message names the remedy. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable'
}

/** The store has no space, or no quota, for a further blob. */
export class StoreFull extends Error {
  override readonly name = 'StoreFull'
}

/**
 * A key is `folder/name`, of letters, digits, `.`, `_` and `-`. It never contains text from a client. If the store can't be reached,
 * calls throw.
 */
export interface BlobStore {
  /**
   * Stores the bytes. Resolves when they are durable. The key never exists with a part of the bytes. If the source throws,
   * nothing is stored. An existing blob is replaced as a whole.
   * @throws {StoreFull}
   */
  put(key: string, source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<StoredBlob>
  /** The bytes, but only one more than `size` of a larger blob. Undefined if the key does not exist. */
  read(key: string, size: number): Promise<Buffer | undefined>
  /** Also resolves if the key does not exist. */
  delete(key: string): Promise<void>
  /** All blobs, in any order, and the remains of interrupted calls of `put`. Those that change meanwhile may be left out. */
  list(): AsyncIterable<ListedBlob>
  /** False if so little space is left that new blobs must be refused. */
  hasSpace(): Promise<boolean>
}
