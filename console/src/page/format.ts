/** Text for people from the values of the API. */
import { minorDigitsOf } from '@quadrille/events/minor-units'

/** "12 s", "3 min", "2 h", "5 d". Rounded down; a time in the future counts as now, because clocks differ. */
export const ageOf = (time: string, nowMs: number): string => {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(time)) / 1_000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** The time until then, as `ageOf`. Undefined once it has come. */
export const remainingOf = (time: string, nowMs: number): string | undefined => {
  const now = new Date(nowMs).toISOString()
  return Date.parse(time) > nowMs ? ageOf(now, Date.parse(time)) : undefined
}

/** "840 ms", "1.2 s", "20 s", "4 min". */
export const durationOf = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${decimal(ms / 1_000)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  return `${decimal(ms / 3_600_000)} h`
}

/** With one digit after the point, unless that is 0. */
const decimal = (value: number): string => String(Number(value.toFixed(1)))

/** An amount in minor units, in the format of the browser's language. */
export const moneyOf = (amount: number, currency: string, locale?: string): string => {
  const digits = minorDigitsOf(currency)
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  try {
    return new Intl.NumberFormat(locale, style).format(amount / 10 ** digits)
  } catch {
    return `${amount} ${currency}` // it is not the code of a currency
  }
}

/** The part of an order id that tells orders apart. Ids begin with the time, so orders of one second look alike there. */
export const shortId = (id: string): string => id.slice(-8)

/** Date, time with seconds, and the name of the time zone, in the format and the time zone of the browser. */
export const timeOf = (time: string, locale?: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }).format(new Date(time))

/** "14:03:07.512": the time of an event within an order. */
export const clockTimeOf = (time: string): string => clock.format(new Date(time))

const precise = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const
const clock = new Intl.DateTimeFormat('en-GB', precise)

/** "Nov 28, 2026, 14:03:07.512 GMT+1": the same with the date and the time zone. */
export const preciseTimeOf = (time: string, locale?: string): string =>
  new Intl.DateTimeFormat(locale, {
    ...{ year: 'numeric', month: 'short', day: 'numeric', ...precise, hourCycle: 'h23', timeZoneName: 'short' },
  }).format(new Date(time))

/** "payment_declined" as "payment declined". */
export const wordsOf = (name: string): string => name.replaceAll('_', ' ')

/** Why a message is a dead letter: "schema violation". The number of allowed attempts may be 1. */
export const reasonOf = (reason: string): string =>
  reason === 'attempts_exhausted' ? 'no attempts left' : wordsOf(reason)

/** The type of a message that a reaction causes. */
export const typeOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'type' in message ? String(message.type) : 'unknown'

/** "0.2/s", "12/s", "1,234/s". */
export const rateOf = (perSecond: number, locale?: string): string => {
  const digits = perSecond < 9.95 ? 1 : 0
  return `${perSecond.toLocaleString(locale, { maximumFractionDigits: digits })}/s`
}
