/**
 * An SQL interval: after this time without a change, an order or a message is late. The longest delay between two attempts is
 * 10 minutes, and the default of EXPIRY_PAUSE_MAX is 5 minutes.
 */
export const lateAfter = '15 minutes'

/** An SQL condition: the time was set by a clock that has been set back since, so how long ago it was is not known. */
export const isAhead = (time: string): string => `${time} > now() + interval '1 minute'`

/** An SQL condition: an order or a message that last changed at this time is late. */
export const isLate = (time: string): string => `(${time} < now() - interval '${lateAfter}' or ${isAhead(time)})`
