/** The loads under which a system is measured. */

export type Load =
  | { readonly id: string; readonly kind: 'closed'; readonly inFlight: number }
  | { readonly id: string; readonly kind: 'open'; readonly perSecond: number }
  /** At half of the rate that the closed loop reached. */
  | { readonly id: string; readonly kind: 'half' }
  /** No orders at all. */
  | { readonly id: string; readonly kind: 'idle' }
  /** Counts statements and messages, which costs some speed: only the counts are reported. */
  | { readonly id: string; readonly kind: 'counted'; readonly of: Load }
  | FloorLoad

export interface FloorLoad {
  readonly id: string
  readonly kind: 'floor'
  readonly floor: FloorName
}

export type FloorName = 'sync' | 'rows-1' | 'rows-4' | 'rows-16' | 'rows-batched' | 'messages'

const closed: Load = { id: 'closed', kind: 'closed', inFlight: 200 }
const at50: Load = { id: '50/s', kind: 'open', perSecond: 50 }

export const loads = {
  closed,
  idle: { id: 'idle', kind: 'idle' },
  '10/s': { id: '10/s', kind: 'open', perSecond: 10 },
  '50/s': at50,
  '100/s': { id: '100/s', kind: 'open', perSecond: 100 },
  half: { id: 'half', kind: 'half' },
  'closed-counted': { id: 'closed-counted', kind: 'counted', of: closed },
  '50/s-counted': { id: '50/s-counted', kind: 'counted', of: at50 },
} as const satisfies Readonly<Record<string, Load>>

export type LoadName = keyof typeof loads

export const loadNames = Object.keys(loads) as LoadName[]

export const isLoadName = (text: string): text is LoadName => Object.hasOwn(loads, text)

const floor = (name: FloorName, id: string): FloorLoad => ({ id, kind: 'floor', floor: name })

/** The loads of the row `floors`, with their titles as ids. */
export const floorLoads: readonly FloorLoad[] = [
  floor('sync', 'fdatasync'),
  floor('rows-1', 'Postgres, 1 row a transaction, 1 client'),
  floor('rows-4', 'Postgres, 1 row a transaction, 4 clients'),
  floor('rows-16', 'Postgres, 1 row a transaction, 16 clients'),
  floor('rows-batched', 'Postgres, 100 rows a transaction, 4 clients'),
  floor('messages', 'RabbitMQ, the messages of an order'),
]
