/** The rows of the table: each is a system in one form. */
import { type Peer, peers } from '../../peers/peers.ts'
import type { Stored } from '../growth/stored.ts'
import type { OrderForm } from '../load/order-body.ts'
import type { PostgresSettings } from '../systems/postgres.ts'
import { type Mode, modes } from '../systems/product.ts'
import type { Version } from '../systems/version.ts'

interface AnyRow {
  /** In flags and result files: lower case, digits and hyphens. */
  readonly id: string
  /** In tables. */
  readonly title: string
  /** The row with which it is compared in pairs: the effect of the one thing in which they differ. */
  readonly base?: string
  /** The orders. Default: one line of one SKU. */
  readonly form?: OrderForm
}

export interface ProductRow extends AnyRow {
  readonly kind: 'product'
  readonly mode: Mode
  /** Processes of each service. Default 1. */
  readonly instances?: number
  /** Variables of all services. */
  readonly variables?: Readonly<Record<string, string>>
  /** Whether a tenth of the orders is traced. Default false. */
  readonly traced?: boolean
  /** Whether the console runs, with one page of orders open. Default false. */
  readonly watched?: boolean
  /** Default: Postgres' own. */
  readonly settings?: PostgresSettings
  /** Default: nothing, in new databases. */
  readonly stored?: Stored
  /** Default: the version that contains this benchmark. */
  readonly version?: Version
}

/** Another system that does the same business steps (bench/peers). */
export interface PeerRow extends AnyRow {
  readonly kind: 'peer'
  readonly peer: Peer
}

/** The floors of this machine (bench/src/floors), under loads of their own. */
export interface FloorsRow extends AnyRow {
  readonly kind: 'floors'
}

/** A system that takes orders. */
export type SystemRow = ProductRow | PeerRow

export type Row = SystemRow | FloorsRow

const names = { embedded: 'Quadrille, one process', rabbitmq: 'Quadrille, RabbitMQ' } as const

type Form = Omit<ProductRow, 'kind' | 'id' | 'title'>

/** Differs from the plain product in one thing, unless it has another base. */
const variant = (id: string, title: string, form: Form): ProductRow => ({
  kind: 'product',
  id,
  title: `${names[form.mode]}, ${title}`,
  base: form.mode,
  ...form,
})

const inBothModes = (suffix: string, title: string, form: Omit<Form, 'mode'>): ProductRow[] =>
  modes.map((mode) => variant(`${mode}-${suffix}`, title, { mode, ...form }))

const stored = (id: string, mode: Mode, orders: number): ProductRow =>
  variant(id, `${orders.toLocaleString('en')} orders stored`, { mode, stored: { orders } })

const manySkus: OrderForm = { skus: 1_000, lines: 1 }
const manyLines: OrderForm = { skus: 1_000, lines: 50 }

const productRows: readonly ProductRow[] = [
  { kind: 'product', id: 'embedded', title: names.embedded, mode: 'embedded' },
  variant('npm-start', 'settings of npm start', { mode: 'embedded', settings: 'npm start' }),
  { kind: 'product', id: 'rabbitmq', title: names.rabbitmq, mode: 'rabbitmq' },
  variant('rabbitmq-2', 'two of each service', { mode: 'rabbitmq', instances: 2 }),
  ...inBothModes('batch-1', 'batches of 1', { variables: { BATCH_MAX: '1', LINGER_MS: '0' } }),
  ...inBothModes('linger-0', 'no lingering', { variables: { LINGER_MS: '0' } }),
  ...inBothModes('tracing', '10 % traced', { traced: true }),
  ...inBothModes('console', 'watched in the console', { watched: true }),
  ...inBothModes('skus', '1,000 SKUs', { form: manySkus }),
  ...modes.map((mode) => variant(`${mode}-lines`, '50 lines', { mode, base: `${mode}-skus`, form: manyLines })),
  stored('embedded-1k', 'embedded', 1_000),
  stored('embedded-10k', 'embedded', 10_000),
  stored('embedded-100k', 'embedded', 100_000),
  stored('embedded-1m', 'embedded', 1_000_000),
  stored('rabbitmq-1m', 'rabbitmq', 1_000_000),
  variant('embedded-dead-letters', '10,000 dead letters', { mode: 'embedded', stored: { deadLetters: 10_000 } }),
]

export const storedRows: readonly ProductRow[] = productRows.filter(({ stored }) => stored !== undefined)

/** Each peer, and the fastest two with many SKUs, because one SKU favours Quadrille. */
export const peerRows: readonly PeerRow[] = peers.flatMap((peer): PeerRow[] => {
  const row = { kind: 'peer', id: peer.name, title: peer.description, peer } as const
  const title = `${peer.description}, 1,000 SKUs`
  return peer.isTuned ? [row, { ...row, id: `${peer.name}-skus`, title, base: peer.name, form: manySkus }] : [row]
})

const floorsRow: FloorsRow = { kind: 'floors', id: 'floors', title: 'floors of this machine' }

/** The floors come last, because they need the number of messages of an order. */
export const allRows: readonly Row[] = [...productRows, ...peerRows, floorsRow]

export const needsBroker = (row: Row): boolean => {
  switch (row.kind) {
    case 'product':
      return row.mode === 'rabbitmq'
    case 'peer':
      return row.peer.usesRabbitMq ?? false
    case 'floors':
      return false
  }
}
