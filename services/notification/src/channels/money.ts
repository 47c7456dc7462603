import { minorDigitsOf } from '@quadrille/events'

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
  const digits = minorDigitsOf(currency)
  return formatOf(currency, digits).format(amount / 10 ** digits)
}
