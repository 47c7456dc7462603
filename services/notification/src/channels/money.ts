/**
 * Currencies whose minor unit is not a hundredth, by ISO 4217. Not taken from Intl: it has the digits of everyday use,
 * which are 0 for Colombian pesos and Hungarian forints, among others.
 */
const minorDigits: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
])

/** Cached, because creating a format takes longer than everything else in an email. */
const formats = new Map<string, Intl.NumberFormat>()

const formatOf = (currency: string, digits: number): Intl.NumberFormat => {
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  const format = formats.get(currency) ?? new Intl.NumberFormat('en', style)
  formats.set(currency, format)
  return format
}

/** Formats an amount in minor units for people: 4500 EUR is €45.00. */
export const formatMoney = (amount: number, currency: string): string => {
  const digits = minorDigits[currency] ?? 2
  return formatOf(currency, digits).format(amount / 10 ** digits)
}
