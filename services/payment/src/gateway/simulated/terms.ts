/**
 * The currency that the simulated gateway rejects: the special drawing rights of the IMF, in which no card is charged. The order
 * service accepts them.
 */
const unsupportedCurrency = 'XDR'

/** The code with which the gateway rejects an order. */
export const rejectionCode = 'currency_not_supported'

/** Whether the gateway creates no payment intent in this currency. */
export const isRejected = (currency: string): boolean => currency === unsupportedCurrency
