import { Unavailable, unavailable } from '@quadrille/service'
import { StoreFull, StoreUnreachable } from '../photos/blobs/blob-store.ts'

/** 503: the store has no space for a further photo. */
export const storeFull = unavailable('The store of the photos is full.', 60)

/**
 * The result of a call of the store.
 * @throws {Unavailable} 503 if the store can't be reached. The log has the cause.
 * @throws storeFull
 */
export const reachable = async <Result>(call: Promise<Result>): Promise<Result> => {
  try {
    return await call
  } catch (cause) {
    if (cause instanceof StoreFull) throw storeFull
    throw cause instanceof StoreUnreachable
      ? new Unavailable('The photos can’t be reached; try again.', { cause })
      : cause
  }
}
