/** The final output of `npm run reconcile`. */
import type { Flags } from './flags.ts'
import type { Outcome } from './reconcile.ts'

export const outcomeText = (
  { dryRun }: Flags,
  { sent, unhandled, unreadable, sending, unknownToPayment, uncharged }: Outcome,
): string => {
  const messagesSent = [...sent].map(([service, types]) => {
    const messages = [...types].map(([type, count]) => `${formatted(count)} ${type}`).join(', ')
    return `${dryRun ? 'Would first send to' : 'Sent to'} ${service}: ${messages}.`
  })
  return [
    ...messagesSent,
    ...(unhandled > 0 ? [`Messages that were not handled: ${formatted(unhandled)}. ${whatToDo}`] : []),
    ...(unreadable.size > 0 ? [listOf(unreadable)] : []),
    ...(sending > 0
      ? [`${counted(sending, 'notification is', 'notifications are')} still being sent. ${runLater}`]
      : []),
    ...(unknownToPayment > 0
      ? [`${counted(unknownToPayment, 'open order is', 'open orders are')} unknown to payment. ${theyExpire}`]
      : []),
    ...(uncharged > 0
      ? [`${counted(uncharged, 'open order waits', 'open orders wait')} for a charge. ${theyMayExpire}`]
      : []),
    ...(sent.size + unhandled + sending + unknownToPayment + uncharged === 0 ? ['Nothing is missing.'] : []),
  ].join('\n')
}

const whatToDo =
  'They are dead letters with a reason, are being retried, wait in an outbox or behind others in an inbox, ' +
  'or are events that this release can’t read. ' +
  'Fix the cause, replay the dead letters, and run reconcile again.'

const maxListed = 20

const listOf = (unreadable: Outcome['unreadable']): string => {
  const lines = [...unreadable].slice(0, maxListed).map(([orderId, reason]) => `  order ${orderId}: ${reason}`)
  const more = unreadable.size > maxListed ? [`  and ${formatted(unreadable.size - maxListed)} more`] : []
  return ['Orders whose event can’t be read:', ...lines, ...more].join('\n')
}

const runLater = 'Run reconcile again in an hour. It then sends those that still have no result.'

const theyExpire =
  'A lost OrderPlaced cannot be sent again, because the payment method is not stored. These orders expire, unless it still waits in a queue.'

const theyMayExpire =
  'A lost charge cannot be sent again, because the payment method is not stored. These orders expire, unless their charge still waits in a queue.'

const counted = (count: number, one: string, several: string): string =>
  `${formatted(count)} ${count === 1 ? one : several}`

const formatted = (count: number): string => count.toLocaleString('en')
