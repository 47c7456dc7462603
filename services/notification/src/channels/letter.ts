/** What customers read, in plain text. Nothing that anybody has typed is in it, so nothing can be smuggled in. */
import type { Occasion } from '@quadrille/events'
import type { Notice } from '../domain/correspondence.ts'
import type { Kept } from '../domain/notification.ts'
import { formatMoney } from './money.ts'

interface Words {
  readonly subject: string
  readonly paragraphs: readonly string[]
}

export const letterOn = ({ orderId, occasion, currency, total }: Notice): Kept => {
  const { subject, paragraphs } = wordsOn(occasion, formatMoney(total, currency))
  return { subject, text: ['Hello,', ...paragraphs, `Your order number is ${orderId}.`].join('\n\n').concat('\n') }
}

const wordsOn = (occasion: Occasion, amount: string): Words => {
  switch (occasion) {
    case 'order_placed':
      return {
        subject: 'Thank you for your order',
        paragraphs: [`We have received your order of ${amount}. We will write again as soon as it is confirmed.`],
      }
    case 'order_fulfilled':
      return {
        subject: 'Your order is confirmed',
        paragraphs: [`Your payment of ${amount} went through, and everything that you ordered is ready to be sent.`],
      }
    case 'order_cancelled':
      return {
        subject: 'Your order was cancelled',
        paragraphs: [
          `Your order of ${amount} was cancelled, and nothing will be sent.`,
          'If you have already paid, you will get your money back, and we will tell you when it is on its way.',
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
