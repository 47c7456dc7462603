import { v7 } from 'uuid'

/** Order ids are UUIDv7 (RFC 9562, section 5.7): they sort by the time when they were made. */
export const newOrderId = (): string => v7()
