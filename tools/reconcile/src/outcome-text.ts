/** What `npm run reconcile` says in the end. */
import type { Flags } from './flags.ts'
import type { Outcome } from './reconcile.ts'

export const outcomeText = ({ dryRun }: Flags, { given, left, sending }: Outcome): string => {
  const messagesGiven = [...given].map(([service, types]) => {
    const messages = [...types].map(([type, count]) => `${figure(count)} ${type}`).join(', ')
    return `${service} ${dryRun ? 'would be given first' : 'was given'} ${messages}.`
  })
  return [
    ...messagesGiven,
    ...(left > 0 ? [`${figure(left)} of it not taken in: ${whatToDo}`] : []),
    ...(sending > 0 ? [`${figure(sending)} notifications are still being sent. ${runLater}`] : []),
    ...(given.size + left + sending === 0 ? ['Nothing is missing.'] : []),
  ].join('\n')
}

const whatToDo =
  'the dead letters say why, or it is tried again. Mend that, replay the dead letters, and run this again.'

const runLater = 'Run this again in an hour: what has no result by then is sent once more.'

const figure = (count: number): string => count.toLocaleString('en')
