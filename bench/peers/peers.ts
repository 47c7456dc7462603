/**
 * The peers: programs that do the same business steps as Quadrille by other means. The benchmark imports this file, so it needs
 * no packages; those of the peers are in a workspace of their own, which the benchmark installs when it first runs one.
 */
import { check as invariants } from './src/orchestration/check.ts'
import { check } from './src/shop/check.ts'

/** A process of a peer. */
export interface PeerProcess {
  readonly name: string
  /** Relative to this folder. Started with `SERVICE`, its name, `DATABASE_URL`, `AMQP_URL` if the peer uses it, `PORT` and `DATA_DIR`. */
  readonly script: string
  /** `services` runs the steps; `other` is a server that the peer brings along. */
  readonly kind: 'services' | 'other'
}

export interface Peer {
  /** In flags and result files. */
  readonly name: string
  /** In tables. */
  readonly description: string
  /** Started together, with the same variables. One of them takes orders on `PORT`. */
  readonly processes: readonly PeerProcess[]
  /** Default false. */
  readonly usesRabbitMq?: boolean
  /**
   * SQL on `DATABASE_URL` that returns a row `{ wrong: text }` for each kind of fault. A choreography goes on after an order is
   * settled, so the query returns no row within seconds, but not at once.
   */
  readonly check: string
  /** Whether accepted orders do not survive a crash of every process. Default false. */
  readonly losesOrders?: boolean
  /**
   * Whether its orders end in each way in which those of Quadrille do, and it serves payments and stock by the same routes. Default:
   * it only fulfils orders, and has enough stock.
   */
  readonly allEndings?: boolean
  /** Whether it is the fastest form of its system that was found. Default false. */
  readonly isTuned?: boolean
  /** Further variables of its processes. */
  readonly variables?: Readonly<Record<string, string>>
}

/** The whole order as a durable workflow. docs/orchestration.md compares it with Quadrille. */
export const workflow: Peer = {
  name: 'workflow',
  description: 'the workflow on DBOS',
  processes: [{ name: 'shop', script: 'src/orchestration/main.ts', kind: 'services' }],
  check: invariants,
  allEndings: true,
}

/** The four processes of a choreography, each of which runs this script. */
const fourServices = (script: string): PeerProcess[] =>
  ['shop_order', 'payment', 'inventory', 'notification'].map((name) => ({ name, script, kind: 'services' }))

const restate: readonly PeerProcess[] = [
  { name: 'server', script: 'src/restate/server.ts', kind: 'other' },
  { name: 'shop', script: 'src/restate/shop.ts', kind: 'services' },
]

export const peers: readonly Peer[] = [
  {
    name: 'dbos',
    description: 'DBOS, five steps',
    processes: [{ name: 'shop', script: 'src/dbos/main.ts', kind: 'services' }],
    check,
  },
  {
    name: 'dbos-tuned',
    description: 'DBOS tuned: three steps, prepared statements',
    processes: [{ name: 'shop', script: 'src/dbos/tuned.ts', kind: 'services' }],
    check,
    isTuned: true,
  },
  {
    name: 'restate',
    description: 'Restate, five steps',
    processes: restate,
    check,
  },
  {
    // each of the 24 partitions works separately, and a single node has no use for more than one
    // (https://github.com/restatedev/restate/issues/5305)
    name: 'restate-tuned',
    description: 'Restate tuned: one partition',
    processes: restate,
    check,
    isTuned: true,
    variables: { RESTATE_DEFAULT_NUM_PARTITIONS: '1' },
  },
  {
    name: 'choreography',
    description: 'amqplib and pg: outbox, one message a transaction',
    processes: fourServices('src/choreography/main.ts'),
    check,
    usesRabbitMq: true,
  },
  {
    name: 'tutorial',
    description: 'amqplib and pg as in tutorials (loses orders)',
    processes: fourServices('src/tutorial/main.ts'),
    check,
    usesRabbitMq: true,
    losesOrders: true,
  },
]
