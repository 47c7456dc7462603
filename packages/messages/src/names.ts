/** The names of exchanges and queues, the same in every broker and in the AsyncAPI document. */

export const eventsExchange = (service: string): string => `${service}.events`
export const inboxOf = (service: string): string => `${service}.inbox`

/** The two exchanges and the queue of the questions that a service answers. */
export const questionNamesOf = (service: string) => ({
  questionsExchange: `${service}.questions`,
  queue: `${service}.questions.queue`,
  answersExchange: `${service}.answers`,
})
