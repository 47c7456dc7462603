/**
 * Currencies whose minor unit is not a hundredth, by ISO 4217. Not taken from Intl: it has the digits of everyday use,
 * which are 0 for Colombian pesos and Hungarian forints, among others.
 */
const exceptions: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
])

/** The digits after the point of an amount in this currency. Amounts of messages are in minor units: 4500 EUR is €45.00. */
export const minorDigitsOf = (currency: string): number => exceptions[currency] ?? 2
