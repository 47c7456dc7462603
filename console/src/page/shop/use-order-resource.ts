/** Reads a route about one order, and reads it again when the order has changed. */
import { type Resource, useResource } from '../use-resource.ts'

/** How often it is read again without a known change, because at a high rate the live stream does not list every order, ms. */
const idleMs = 10_000

export const useOrderResource = <Body>(orderId: string, path: string, everyMs = idleMs): Resource<Body> =>
  useResource<Body>(path, { isConcerned: (orders) => orders.includes(orderId), everyMs })
