import { timeOrderedId } from '@quadrille/messages'

/** Order ids are UUIDv7, so they sort by time of creation. */
export const newOrderId = timeOrderedId
