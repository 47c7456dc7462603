/**
 * The peers: programs that do the same business steps as Quadrille by other means. The benchmark imports this file, so it needs
 * no packages; those of the peers are in a workspace of their own, which the benchmark installs when it first runs one.
 */
import { check as invariants } from './src/orchestration/check.ts'
import { check } from './src/shop/check.ts'

/** A process of a peer. */
export interface PeerProcess {
  readonly name: string
  /** Relative to this folder. Started with `DATABASE_URL`, `AMQP_URL` if the peer needs it, `PORT` and `DATA_DIR`. */
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
  readonly needs: { readonly amqp: boolean }
  /**
   * SQL on `DATABASE_URL` that returns a row `{ wrong: text }` for each kind of fault. A choreography goes on after an order is
   * settled, so the query returns no row within seconds, but not at once.
   */
  readonly check: string
  /** Why an accepted order may be lost. Absent if it survives a crash of every process. */
  readonly loses?: string
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
  needs: { amqp: false },
  check: invariants,
  allEndings: true,
}

/** The four processes of a choreography, whose scripts are in this folder. */
const fourServices = (folder: string): PeerProcess[] =>
  ['order', 'payment', 'inventory', 'notification'].map((name) => ({
    name,
    script: `src/${folder}/${name}.ts`,
    kind: 'services',
  }))

/** The two processes of a peer on Restate, with this script for its server. */
const serverAndShop = (script: string): PeerProcess[] => [
  { name: 'server', script, kind: 'other' },
  { name: 'shop', script: 'src/restate/shop.ts', kind: 'services' },
]

export const peers: readonly Peer[] = [
  {
    name: 'dbos',
    description: 'DBOS, five steps',
    processes: [{ name: 'shop', script: 'src/dbos/main.ts', kind: 'services' }],
    needs: { amqp: false },
    check,
  },
  {
    name: 'dbos-tuned',
    description: 'DBOS tuned: three steps, prepared statements',
    isTuned: true,
    processes: [{ name: 'shop', script: 'src/dbos/tuned.ts', kind: 'services' }],
    needs: { amqp: false },
    check,
  },
  {
    name: 'restate',
    description: 'Restate, five steps',
    processes: serverAndShop('src/restate/server.ts'),
    needs: { amqp: false },
    check,
  },
  {
    name: 'restate-tuned',
    description: 'Restate tuned: one partition',
    isTuned: true,
    processes: serverAndShop('src/restate/server-tuned.ts'),
    needs: { amqp: false },
    check,
  },
  {
    name: 'choreography',
    description: 'amqplib and pg: outbox, one message a transaction',
    processes: fourServices('choreography'),
    needs: { amqp: true },
    check,
  },
  {
    name: 'tutorial',
    description: 'amqplib and pg as in tutorials (loses orders)',
    processes: fourServices('tutorial'),
    needs: { amqp: true },
    check,
    loses:
      'Deliveries are acknowledged before they are handled, and events are published after the commit without a confirm.',
  },
]
