/** The examples of docs/exchanges.md, in its order. */
import type { ConfirmChannel } from 'amqplib'
import { alternate } from './alternate.ts'
import { defaultExchange } from './default-exchange.ts'
import { direct } from './direct.ts'
import { directReplyTo } from './direct-reply-to.ts'
import { fanout } from './fanout.ts'
import { headers } from './headers.ts'
import { priority } from './priority.ts'
import type { Received } from './received.ts'
import { topic } from './topic.ts'

/** Each declares its exchange and queues, publishes, and returns what the queues have received. */
export const examples: Readonly<Record<string, (channel: ConfirmChannel) => Promise<Received>>> = {
  fanout,
  direct,
  alternate,
  topic,
  headers,
  default: defaultExchange,
  'direct reply-to': directReplyTo,
  'default, priority queue': priority,
}
