import { v7 } from 'uuid'

/** Order ids are UUIDv7 (RFC 9562, section 5.7), so they sort by time of creation. */
export const newOrderId = (): string => v7()
