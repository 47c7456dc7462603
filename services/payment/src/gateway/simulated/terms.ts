/**
 * The currency that the simulated gateway rejects: the special drawing rights of the IMF, in which no card is charged. The order
 * service accepts them.
 */
const unsupportedCurrency = 'XDR'

/** The code with which the gateway rejects an order in this currency. Null if the gateway supports it. */
export const rejectionOf = ({ currency }: { readonly currency: string }): string | null =>
  currency === unsupportedCurrency ? 'currency_not_supported' : null
