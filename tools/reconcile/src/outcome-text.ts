/** The final output of `npm run reconcile`. */
import type { Flags } from './flags.ts'
import type { Outcome } from './reconcile.ts'

export const outcomeText = ({ dryRun }: Flags, { sent, unhandled, sending }: Outcome): string => {
  const messagesSent = [...sent].map(([service, types]) => {
    const messages = [...types].map(([type, count]) => `${figure(count)} ${type}`).join(', ')
    return `${dryRun ? 'First messages for' : 'Sent to'} ${service}: ${messages}.`
  })
  return [
    ...messagesSent,
    ...(unhandled > 0 ? [`${figure(unhandled)} messages were not handled: ${whatToDo}`] : []),
    ...(sending > 0 ? [`${figure(sending)} notifications are still being sent. ${runLater}`] : []),
    ...(sent.size + unhandled + sending === 0 ? ['Nothing is missing.'] : []),
  ].join('\n')
}

const whatToDo =
  'the dead letters have the reasons, or they are being retried. Fix the cause, replay the dead letters, and run this again.'

const runLater = 'Run this again in an hour: notifications without a result by then are sent once more.'

const figure = (count: number): string => count.toLocaleString('en')
