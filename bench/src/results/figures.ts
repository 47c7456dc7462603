/** The figures of a run: their names in result files, and their titles and digits in tables. */

interface FigureDefinition {
  readonly title: string
  readonly unit: string
  /** Digits after the decimal point. */
  readonly digits: number
}

export const figureDefinitions = {
  rate: { title: 'orders settled', unit: '/s', digits: 0 },
  settledP50: { title: 'POST to settled, p50', unit: 'ms', digits: 1 },
  settledP99: { title: 'POST to settled, p99', unit: 'ms', digits: 1 },
  acceptedP99: { title: 'POST to 202, p99', unit: 'ms', digits: 1 },
  lateP99: { title: 'load sent late, p99', unit: 'ms', digits: 1 },
  cpu: { title: 'CPU an order, all processes but the load', unit: 'ms', digits: 2 },
  cpuServices: { title: 'CPU an order, services', unit: 'ms', digits: 2 },
  cpuPostgres: { title: 'CPU an order, Postgres', unit: 'ms', digits: 2 },
  cpuBroker: { title: 'CPU an order, RabbitMQ', unit: 'ms', digits: 2 },
  cpuOther: { title: 'CPU an order, other servers', unit: 'ms', digits: 2 },
  cpuLoad: { title: 'CPU an order, load', unit: 'ms', digits: 2 },
  coreServices: { title: 'CPU, services', unit: '% of a core', digits: 2 },
  corePostgres: { title: 'CPU, Postgres', unit: '% of a core', digits: 2 },
  coreBroker: { title: 'CPU, RabbitMQ', unit: '% of a core', digits: 2 },
  coreOther: { title: 'CPU, other servers', unit: '% of a core', digits: 2 },
  transactions: { title: 'transactions of all services', unit: '/s', digits: 1 },
  others: { title: 'CPU of other programs', unit: '% of the machine', digits: 0 },
  stolen: { title: 'CPU that the hypervisor took', unit: '% of the machine', digits: 0 },
  residentAll: { title: 'resident memory of all processes of the system', unit: 'MB', digits: 0 },
  resident: { title: 'resident memory of the largest one', unit: 'MB', digits: 0 },
  wal: { title: 'WAL an order', unit: 'kB', digits: 1 },
  walWithoutImages: { title: 'WAL an order without full-page images', unit: 'kB', digits: 1 },
  commits: { title: 'commits an order', unit: '', digits: 2 },
  rowsWritten: { title: 'rows written an order', unit: '', digits: 1 },
  statements: { title: 'statements an order', unit: '', digits: 1 },
  batches: { title: 'batches an order', unit: '', digits: 2 },
  batchSize: { title: 'messages a batch', unit: '', digits: 1 },
  published: { title: 'messages published an order', unit: '', digits: 1 },
  delivered: { title: 'messages delivered an order', unit: '', digits: 1 },
  receivedBytes: { title: 'bytes that RabbitMQ received an order', unit: 'B', digits: 0 },
  loopDelay: { title: 'event-loop delay, p99', unit: 'ms', digits: 1 },
} as const satisfies Readonly<Record<string, FigureDefinition>>

export type FigureName = keyof typeof figureDefinitions

export const figureNames = Object.keys(figureDefinitions) as FigureName[]

/** A figure that does not apply, or can't be measured here, is missing. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>
