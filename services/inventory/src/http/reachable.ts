import { Unavailable } from '@quadrille/service'
import { StoreUnreachable } from '../photos/blobs/blob-store.ts'

/** The result of a call of the store. @throws {Unavailable} 503 if the store can't be reached. The log has the cause. */
export const reachable = async <Result>(call: Promise<Result>): Promise<Result> => {
  try {
    return await call
  } catch (cause) {
    throw cause instanceof StoreUnreachable
      ? new Unavailable('The photos can’t be reached; try again.', { cause })
      : cause
  }
}
