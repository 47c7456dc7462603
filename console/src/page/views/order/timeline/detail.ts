/** Summarizes the content of an event in a few words. */
import { moneyOf, wordsOf } from '../../../format.ts'

/** From the fields that the events of the shop have. Empty for others. The occasion of a parcel ends with its time. */
export const detailOf = (data: Readonly<Record<string, unknown>>): string => {
  const text = (field: string) => (typeof data[field] === 'string' ? data[field] : '')
  const words = (field: string) => wordsOf(text(field))
  const { amount, currency } = data
  const money = typeof amount === 'number' && typeof currency === 'string' ? moneyOf(amount, currency) : ''
  const occasion = words('occasion').split(':')[0]
  return [money, words('code'), words('reason'), occasion, words('channel'), text('carrier')].filter(Boolean).join(', ')
}
