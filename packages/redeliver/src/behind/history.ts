/** What was said of an order, as far as it decides what a restored service must be told. */
import type { MessageType } from '@quadrille/events'

/** An event of a history by its type; of those that an order has several of, with what tells them apart. */
export type Said = Exclude<MessageType, Telling> | `${Telling} ${string}:${string}`

type Telling = 'NotificationSent' | 'NotificationFailed'

export interface History {
  readonly said: ReadonlySet<Said>
  /** What the customer was told, or could not be: "NotificationSent email:order_placed". */
  readonly told: readonly Said[]
}

/** Reads a history as the audit has it: "OrderPlaced,OrderCancelled customer,NotificationSent email:order_placed". */
export const readStory = (story: string): History => {
  const said = story.split(',').map((each) => (isTelling(each) ? each : each.split(' ', 1)[0])) as Said[]
  return { said: new Set(said), told: said.filter(isTelling) }
}

const isTelling = (each: string): boolean => /^Notification(Sent|Failed) /.test(each)
