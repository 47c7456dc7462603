/**
 * The texts of emails, in plain text. The only texts from a client are those about a parcel, in one line each, so nothing can be
 * injected.
 */

import type { EmailText } from '../domain/notification.ts'
import type { Notice } from '../domain/notification-log.ts'
import { formatMoney } from './money.ts'

type ParcelNotice = Extract<Notice, { readonly parcel: unknown }>

interface Content {
  readonly subject: string
  readonly paragraphs: readonly string[]
}

export const emailTextOf = (notice: Notice): EmailText => {
  const { subject, paragraphs } = contentOf(notice)
  const allParagraphs = ['Hello,', ...paragraphs, `Your order number is ${notice.orderId}.`]
  return { subject, text: allParagraphs.join('\n\n').concat('\n') }
}

/** The texts do not mention a payment if the total is 0. */
const contentOf = (notice: Notice): Content => {
  if ('parcel' in notice) return parcelContent(notice.parcel)
  const { occasion, currency, total } = notice
  const amount = formatMoney(total, currency)
  const hasPayment = total > 0
  switch (occasion) {
    case 'order_placed':
      return {
        subject: 'Thank you for your order',
        paragraphs: [`We have received your order of ${amount}. We will write again as soon as it is confirmed.`],
      }
    case 'order_fulfilled':
      return {
        subject: 'Your order is confirmed',
        paragraphs: [
          hasPayment
            ? `Your payment of ${amount} went through, and everything that you ordered is ready to be sent.`
            : 'Everything that you ordered is ready to be sent.',
        ],
      }
    case 'order_cancelled':
      return {
        subject: 'Your order was cancelled',
        paragraphs: [
          `Your order of ${amount} was cancelled, and nothing will be sent.`,
          ...(hasPayment
            ? ['If you have already paid, you will get your money back, and we will tell you when it is on its way.']
            : []),
        ],
      }
    case 'payment_refunded':
      return {
        subject: 'Your refund is on its way',
        paragraphs: [`We have returned your payment of ${amount}. Your bank may take a few days to show it.`],
      }
    case 'refund_failed':
      return {
        subject: 'Your refund needs a little longer',
        paragraphs: [
          `We tried to return your payment of ${amount}, but it did not go through.`,
          'We are looking into it, and you do not need to do anything.',
        ],
      }
  }
}

const parcelContent = ({ carrier, trackingCode }: ParcelNotice['parcel']): Content => ({
  subject: 'A parcel is on its way',
  paragraphs: [`We have handed a parcel of your order to ${carrier}. Its tracking code is ${trackingCode}.`],
})
