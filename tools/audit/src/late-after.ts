/**
 * An SQL interval: after this time without a change, an order or a message is late. The longest delay between two attempts is
 * 10 minutes, and the default of EXPIRY_PAUSE_MAX is 5 minutes.
 */
export const lateAfter = '15 minutes'
