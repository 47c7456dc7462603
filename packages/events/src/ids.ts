import { timeOrderedId } from '@quadrille/messages'

/** Order ids are UUIDv7, so they sort by time of creation. @param nowMs ms since 1970. Default: the clock of this machine, for tests. */
export const newOrderId = (nowMs = Date.now()): string => timeOrderedId(nowMs)
