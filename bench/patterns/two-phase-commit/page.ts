/** The tables and charts of docs/two-phase-commit.md. */
import type { Line } from '../../src/report/line-chart.ts'
import type { Chart, Table } from '../comparison.ts'
import type { OfferedOrder } from '../outage/offered-orders.ts'
import { pointsOf, settledAfterMs, settledPerSecond } from '../outage/outage.ts'
import { rounded } from '../rounded.ts'
import type { FaultName, FaultyOutage } from './outages.ts'
import type { Rates } from './rates.ts'

const tenth = (value: number): string => value.toFixed(1)

export const ratesTable = (rates: readonly Rates[]): Table => ({
  title: 'Without faults',
  columns: [
    '',
    'orders/s, 1,000 SKUs',
    'orders/s, one SKU',
    'p50 at 50/s, ms',
    'p99, ms',
    'CPU an order, ms',
    'services / Postgres / RabbitMQ',
    'WAL an order, kB',
    'row of stock locked for an order, ms',
  ],
  rows: rates.map(({ variant, manySkus, oneSku, p50, p99, cpuServices, cpuPostgres, cpuBroker, wal, lockedMs }) => [
    variant.title,
    ...[manySkus, oneSku, p50, p99, cpuServices + cpuPostgres + cpuBroker].map(rounded),
    [cpuServices, cpuPostgres, cpuBroker].map(rounded).join(' / '),
    ...[wal, lockedMs].map(rounded),
  ]),
})

const titles: Readonly<Record<FaultName, string>> = {
  killed: 'one of two killed',
  'all killed': 'both killed',
  database: 'payment database away',
}

/**
 * The orders that were placed during the fault, and how long its effects lasted. Orders whose connection broke were placed just
 * before it, and are counted apart. Their outcome is known only to the check, because the customer does not know their ids.
 */
export const outageTable = (outages: readonly FaultyOutage[]): Table => ({
  title: 'A part is away for five seconds, at 50 orders per second',
  columns: [
    'system',
    'fault',
    'SKUs',
    'placed meanwhile',
    'accepted',
    'refused',
    'no answer, of all orders',
    'settled meanwhile',
    'longest lock of a row, s',
    'accepted ones settled after, s',
  ],
  textColumns: 2,
  rows: outages.map((outage) => {
    const { orders, awayAt, backAt } = outage
    const meanwhile = orders.filter(({ intended }) => intended >= awayAt && intended < backAt)
    const answered = (among: readonly OfferedOrder[], answer: OfferedOrder['answer']) =>
      String(among.filter((order) => order.answer === answer).length)
    const settled = meanwhile.filter(({ settledAt }) => settledAt !== null && settledAt <= backAt)
    return [
      outage.variant.title,
      titles[outage.fault],
      String(outage.skus),
      String(meanwhile.length),
      answered(meanwhile, 'accepted'),
      answered(meanwhile, 'refused'),
      answered(orders, 'unanswered'),
      String(settled.length),
      tenth(outage.locks.longestMs / 1_000),
      tenth(settledAfterMs(outage) / 1_000),
    ]
  }),
})

const chartTitles: Readonly<Record<FaultName, string>> = {
  killed: 'One of two instances is killed in second 2, and started again in second 7',
  'all killed': 'Both instances are killed in second 2, and started again in second 7',
  database: 'The database of payment is away from second 2 to second 7',
}

export const outageCharts = (outages: readonly FaultyOutage[]): Chart[] =>
  (Object.keys(titles) as FaultName[]).map((fault) => ({
    kind: 'lines',
    title: chartTitles[fault],
    panels: [
      { unit: 'settled orders per second', lines: linesOf(outages, fault, settledPerSecond) },
      { unit: 'locked rows of stock, on average', lines: linesOf(outages, fault, lockedRows) },
    ],
  }))

const linesOf = (
  outages: readonly FaultyOutage[],
  fault: FaultName,
  valueIn: (outage: FaultyOutage, from: number, to: number) => number,
): Line[] =>
  outages
    .filter((outage) => outage.fault === fault)
    .map((outage) => ({
      name: `${outage.variant.short}, ${outage.skus === 1 ? 'one SKU' : `${outage.skus} SKUs`}`,
      points: pointsOf(outage, valueIn),
    }))

const lockedRows = ({ locks }: FaultyOutage, from: number, to: number): number => {
  const samples = locks.samples.filter(({ at }) => at >= from && at < to)
  return samples.reduce((sum, { rows }) => sum + rows, 0) / Math.max(1, samples.length)
}
