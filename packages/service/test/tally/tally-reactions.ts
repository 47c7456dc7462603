/** Counts the events of each parcel, and publishes ParcelCounted. The sender of a parcel selects a failure. */
import { maxBodyBytes } from '@quadrille/messages'
import { type Reaction, type ReactionMap, reactionsOf } from '../../src/core/reaction.ts'
import { draft, type Message, type Post } from '../post.ts'

export interface Tally {
  readonly parcelId: string
  readonly events: number
  /** The table rejects a negative weight, which makes the transaction fail. */
  readonly weight: number
}

const reaction = reactionsOf<Post, Post['services']['depot'], Tally | undefined>()

const count = (tally: Tally | undefined, { subject }: Message): Tally => ({
  parcelId: subject,
  events: (tally?.events ?? 0) + 1,
  weight: tally?.weight ?? 1,
})

const counted = (parcelId: string, note?: string) => draft('ParcelCounted', { parcelId, note })

/** Together they are more than a socket takes at once. */
const tenLarge = (parcelId: string) => Array.from({ length: 10 }, () => counted(parcelId, 'a'.repeat(200_000)))

/** An event that violates its schema. */
const invalidEvent = draft('ParcelCounted', { parcelId: 'no id' })

const computeForMs = (ms: number): void => {
  const usedMs = ({ user, system } = process.threadCpuUsage()) => (user + system) / 1_000 // most of it is the system's, for this call
  for (const begunMs = usedMs(); usedMs() - begunMs < ms; );
}

const sentReaction = reaction('ParcelSent', (tally, message) => {
  if (message.data.sender.id === 'computes') {
    computeForMs(600)
    return { state: count(tally, message), events: tenLarge(message.subject) }
  }
  if (message.data.sender.id === 'throws') throw new Error('the parcel was rejected')
  if (message.data.sender.id === 'invalid-event') return { state: count(tally, message), events: [invalidEvent] }
  if (message.data.sender.id === 'large-event')
    return { state: count(tally, message), events: [counted(message.subject, 'a'.repeat(maxBodyBytes))] }
  const weight = message.data.sender.id === 'breaks' ? -1 : 1
  return { state: { ...count(tally, message), weight }, events: [counted(message.subject)] }
})

export const reactions: ReactionMap<Tally | undefined> = new Map<string, Reaction<Tally | undefined>>([
  ['ParcelSent', sentReaction],
  ['ParcelRecalled', reaction('ParcelRecalled', (tally, message) => ({ state: count(tally, message) }))],
])
