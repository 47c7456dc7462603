/** A small language for tests of this package: parcels of a post office. */
import {
  contentHash,
  type DataIn,
  type DraftIn,
  defineLanguage,
  event,
  internal,
  type MessageIn,
  type TypeIn,
  task,
  text,
  timestamp,
  uuid,
  withVersion,
} from '@quadrille/messages'
import { v7 } from 'uuid'
import { z } from 'zod'

const parcelId = uuid
const sender = z.object({ id: text(100).min(1), email: z.email() })
const weight = z.int().min(0)
const occasion = z.enum(['parcel_sent', 'parcel_arrived'])
const example = {
  parcelId: '0193b3a0-7c00-7000-8000-000000000001',
  sender: { id: 's-1', email: 'ada@example.com' },
  weight: 500,
}

const ParcelSent = event(
  'ParcelSent',
  z.object({
    parcelId,
    sender,
    weight,
    contents: z.array(z.object({ name: text(64).min(1), pieces: z.int().min(1) })).min(1),
    access: z.object({ pin: text(255).min(1) }),
    expiresAt: timestamp,
    labels: z.record(text(20), z.string()).optional(),
  }),
  {
    summary: 'a sender has brought a parcel',
    example: {
      ...example,
      contents: [{ name: 'book', pieces: 1 }],
      access: { pin: '1234' },
      expiresAt: '2026-12-01T00:00:00.000Z',
    },
  },
)

const recalledV1 = z.object({ parcelId, sender, weight })
const ParcelRecalled = withVersion(
  event('ParcelRecalled', recalledV1, { summary: 'the sender wants the parcel back', example }),
  recalledV1.extend({ note: text(100).optional() }),
  { up: (older) => older, down: ({ note: _, ...older }) => older },
)

const messages = {
  ParcelSent,
  ParcelRecalled,
  TollPaid: event('TollPaid', z.object({ parcelId, amount: z.int().min(0) }), {
    summary: 'the toll is paid',
    example: { parcelId: example.parcelId, amount: 150 },
  }),
  ParcelCounted: event('ParcelCounted', z.object({ parcelId, note: z.string().optional() }), {
    summary: 'the depot has counted the parcel',
    example: { parcelId: example.parcelId },
  }),
  Announce: task('Announce', z.object({ parcelId, sender, weight, occasion }), {
    summary: 'notify the sender',
    identity: (data) => data.occasion,
  }),
  Announced: internal('Announced', z.object({ parcelId, occasion, attempts: z.int().min(1) }), {
    summary: 'the sender was notified',
    identity: contentHash,
  }),
} as const

export const post = defineLanguage({
  name: 'post',
  info: { title: 'Test', description: 'For tests.' },
  messages,
  services: {
    counter: {
      name: 'counter',
      essential: true,
      publishes: ['ParcelSent', 'ParcelRecalled'],
      consumes: ['ParcelCounted'],
      internal: [],
      work: null,
    },
    toll: {
      name: 'toll',
      essential: true,
      publishes: ['TollPaid'],
      consumes: ['ParcelSent'],
      internal: [],
      work: null,
    },
    depot: {
      name: 'depot',
      essential: true,
      publishes: ['ParcelCounted'],
      consumes: ['ParcelSent', 'ParcelRecalled'],
      internal: [],
      causes: { ParcelSent: ['ParcelCounted'] },
      work: null,
    },
  },
  subject: { field: 'parcelId', description: 'the parcel id' },
  secrets: ['pin', 'email'],
})

export type Post = typeof post
export type MessageType = TypeIn<typeof messages>
export type DataOf<Type extends MessageType> = DataIn<typeof messages, Type>
export type Message<Type extends MessageType = MessageType> = MessageIn<typeof messages, Type>
export type Draft<Type extends MessageType = MessageType> = DraftIn<typeof messages, Type>

export const { decode, draft, seal } = post

export const newParcelId = (): string => v7()

/** The data of a ParcelSent. */
export const aParcel = (id: string = newParcelId(), pin = '4711'): DataOf<'ParcelSent'> => ({
  parcelId: id,
  sender: { id: 'sender-1', email: 'sender@example.com' },
  weight: 4_500,
  contents: [
    { name: 'mug', pieces: 2 },
    { name: 'tea', pieces: 1 },
  ],
  access: { pin },
  expiresAt: '2026-01-01T12:15:00.000Z',
})
