import { v5, v7 } from 'uuid'

/** Order ids are UUIDv7 (RFC 9562, section 5.7): they sort by the time of their making. */
export const newOrderId = (): string => v7()

/**
 * The id of a message: UUIDv5 (RFC 9562, section 5.5) in the order's namespace. Deterministic, so a thing that is done twice
 * is said under one id, and every consumer sees that it has had it.
 */
export const messageId = (orderId: string, type: string, identity: string): string => v5(`${type}/${identity}`, orderId)
