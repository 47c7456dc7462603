/**
 * Currencies whose minor unit is not a hundredth, by ISO 4217. Not taken from Intl: it knows how many digits are shown in
 * daily life, and for Colombian pesos or Hungarian forints, among others, that is none.
 */
const minorDigits: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
])

/** Making one costs more than all the rest of an email. */
const formats = new Map<string, Intl.NumberFormat>()

const formatOf = (currency: string, digits: number): Intl.NumberFormat => {
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  const format = formats.get(currency) ?? new Intl.NumberFormat('en', style)
  formats.set(currency, format)
  return format
}

/** An amount in minor units, written for people: 4500 EUR is €45.00. */
export const formatMoney = (amount: number, currency: string): string => {
  const digits = minorDigits[currency] ?? 2
  return formatOf(currency, digits).format(amount / 10 ** digits)
}
