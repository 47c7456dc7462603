/** Summarizes the content of an event in a few words. */
import { moneyOf, wordsOf } from '../../../format.ts'

/** From the fields that the events of the shop have. Empty for others. */
export const detailOf = (data: Readonly<Record<string, unknown>>): string => {
  const text = (field: string) => (typeof data[field] === 'string' ? wordsOf(data[field].split(':')[0] ?? '') : '')
  const { amount, currency } = data
  const money = typeof amount === 'number' && typeof currency === 'string' ? moneyOf(amount, currency) : ''
  return [money, text('code'), text('reason'), text('occasion'), text('channel'), text('carrier')]
    .filter(Boolean)
    .join(', ')
}
