/** The rows of the table: each is a system in one form. */
import { type Peer, peers } from '../../peers/peers.ts'
import type { Stored } from '../growth/stored.ts'
import type { OrderForm } from '../load/order-body.ts'
import type { PostgresSettings } from '../systems/postgres.ts'
import type { Mode } from '../systems/product.ts'
import type { Version } from '../systems/version.ts'

interface AnyRow {
  /** In flags and result files: lower case, digits and hyphens. */
  readonly id: string
  /** In tables. */
  readonly title: string
}

/** A row of a system that takes orders. */
interface OrderedRow extends AnyRow {
  /** Default: one line of one SKU. */
  readonly form?: OrderForm
}

export interface ProductRow extends OrderedRow {
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
export interface PeerRow extends OrderedRow {
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

const product = (id: string, title: string, rest: Omit<ProductRow, 'id' | 'title' | 'kind'>): ProductRow => ({
  kind: 'product',
  id,
  title,
  ...rest,
})

const manySkus: OrderForm = { skus: 1_000, lines: 1 }
const manyLines: OrderForm = { skus: 1_000, lines: 50 }
const oneByOne = { BATCH_MAX: '1', LINGER_MS: '0' }
const withoutLinger = { LINGER_MS: '0' }

const productRows: readonly ProductRow[] = [
  product('embedded', 'Quadrille, one process', { mode: 'embedded' }),
  product('npm-start', 'Quadrille, one process, settings of npm start', { mode: 'embedded', settings: 'npm start' }),
  product('rabbitmq', 'Quadrille, RabbitMQ', { mode: 'rabbitmq' }),
  product('rabbitmq-2', 'Quadrille, RabbitMQ, two of each service', { mode: 'rabbitmq', instances: 2 }),
  product('embedded-batch-1', 'Quadrille, one process, batches of 1', { mode: 'embedded', variables: oneByOne }),
  product('rabbitmq-batch-1', 'Quadrille, RabbitMQ, batches of 1', { mode: 'rabbitmq', variables: oneByOne }),
  product('embedded-linger-0', 'Quadrille, one process, no lingering', { mode: 'embedded', variables: withoutLinger }),
  product('rabbitmq-linger-0', 'Quadrille, RabbitMQ, no lingering', { mode: 'rabbitmq', variables: withoutLinger }),
  product('embedded-tracing', 'Quadrille, one process, 10 % traced', { mode: 'embedded', traced: true }),
  product('rabbitmq-tracing', 'Quadrille, RabbitMQ, 10 % traced', { mode: 'rabbitmq', traced: true }),
  product('embedded-console', 'Quadrille, one process, watched in the console', { mode: 'embedded', watched: true }),
  product('rabbitmq-console', 'Quadrille, RabbitMQ, watched in the console', { mode: 'rabbitmq', watched: true }),
  product('embedded-skus', 'Quadrille, one process, 1,000 SKUs', { mode: 'embedded', form: manySkus }),
  product('rabbitmq-skus', 'Quadrille, RabbitMQ, 1,000 SKUs', { mode: 'rabbitmq', form: manySkus }),
  product('rabbitmq-2-skus', 'Quadrille, RabbitMQ, two of each service, 1,000 SKUs', {
    mode: 'rabbitmq',
    instances: 2,
    form: manySkus,
  }),
  product('embedded-lines', 'Quadrille, one process, 50 lines', { mode: 'embedded', form: manyLines }),
  product('rabbitmq-lines', 'Quadrille, RabbitMQ, 50 lines', { mode: 'rabbitmq', form: manyLines }),
  product('embedded-1k', 'Quadrille, one process, 1,000 orders stored', {
    mode: 'embedded',
    stored: { orders: 1_000 },
  }),
  product('embedded-10k', 'Quadrille, one process, 10,000 orders stored', {
    mode: 'embedded',
    stored: { orders: 10_000 },
  }),
  product('embedded-100k', 'Quadrille, one process, 100,000 orders stored', {
    mode: 'embedded',
    stored: { orders: 100_000 },
  }),
  product('embedded-1m', 'Quadrille, one process, 1,000,000 orders stored', {
    mode: 'embedded',
    stored: { orders: 1_000_000 },
  }),
  product('rabbitmq-1m', 'Quadrille, RabbitMQ, 1,000,000 orders stored', {
    mode: 'rabbitmq',
    stored: { orders: 1_000_000 },
  }),
  product('embedded-dead-letters', 'Quadrille, one process, 10,000 dead letters', {
    mode: 'embedded',
    stored: { deadLetters: 10_000 },
  }),
]

/** Rows with stored orders, each with the row that differs only in that. */
export const growthRelations: readonly (readonly [row: string, base: Mode])[] = productRows
  .filter(({ stored }) => stored !== undefined)
  .map(({ id, mode }) => [id, mode])

/** Each peer, and the fastest two with many SKUs, because one SKU favours Quadrille. */
export const peerRows: readonly PeerRow[] = peers.flatMap((peer): PeerRow[] => {
  const row = { kind: 'peer', id: peer.name, title: peer.description, peer } as const
  const withManySkus = { ...row, id: `${peer.name}-skus`, title: `${peer.description}, 1,000 SKUs`, form: manySkus }
  return peer.isTuned ? [row, withManySkus] : [row]
})

const floorsRow: FloorsRow = { kind: 'floors', id: 'floors', title: 'floors of this machine' }

/** The floors come last, because they need the number of messages of an order. */
export const allRows: readonly Row[] = [...productRows, ...peerRows, floorsRow]

export const needsBroker = (row: Row): boolean => {
  switch (row.kind) {
    case 'product':
      return row.mode === 'rabbitmq'
    case 'peer':
      return row.peer.needs.amqp
    case 'floors':
      return false
  }
}
