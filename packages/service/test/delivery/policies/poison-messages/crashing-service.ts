/** A service in its own process, which crashes when it handles a parcel of a certain sender. */

import type { ServiceModel } from '@quadrille/messages'
import { amqpBroker, inProcessBroker } from '@quadrille/messaging'
import { pino } from 'pino'
import { defineService, nothing, reactionsOf, startService, stateTable } from '../../../../src/index.ts'
import { type Post, post } from '../../../post.ts'

const model = {
  name: 'crashing',
  essential: true,
  publishes: [],
  consumes: ['ParcelSent'],
  internal: [],
  work: null,
} as const satisfies ServiceModel

const reaction = reactionsOf<Post, typeof model, number | undefined>()

const crashing = defineService({
  language: post,
  model,
  migrations: new URL('../../../tally/migrations/', import.meta.url),
  tables: stateTable<number>('tally', 'parcel_id'),
  reactions: {
    ParcelSent: reaction('ParcelSent', (weight, { data }) => {
      if (data.sender.id === 'poison') process.exit(66)
      return weight === undefined ? { state: data.weight } : nothing
    }),
  },
})

const { AMQP_URL } = process.env
const onError = () => undefined
const broker = AMQP_URL ? amqpBroker(AMQP_URL, { onError }) : inProcessBroker({ onError })
const log = pino({ level: 'silent' })
await startService(crashing, { broker, env: { ...process.env, PORT: '0', RETRY_ATTEMPTS: '1' }, log })
process.send?.('started')
