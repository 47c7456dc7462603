/** The information that each system shows about an order whose payment gateway does not work. */
import { waitUntil } from '@quadrille/testing/waiting'
import type { Table } from '../comparison.ts'
import type { Shop } from './shop.ts'

interface Steps {
  readonly workflow: { readonly status: string }
  readonly steps: readonly { readonly name: string; readonly output?: unknown; readonly completedAtEpochMs?: number }[]
}

interface Diagnoses {
  readonly items: readonly {
    readonly id: string
    readonly status: string
    readonly diagnoses?: readonly {
      readonly missing: readonly string[]
      readonly owedBy: string
      readonly where: {
        readonly place: string
        readonly type: string | null
        readonly attempts: number | null
        readonly queue: string | null
      }
    }[]
  }[]
}

const sku = 'stuck'

const placeStuck = async (shop: Shop): Promise<string> => {
  await shop.setStock(sku, 1)
  const id = await shop.place([{ sku, quantity: 1 }], 'pm_sim_down')
  if (typeof id === 'number') throw new Error(`The order was answered with ${id}.`)
  return id
}

/** Cancels the order, so that it ends. */
const end = async (shop: Shop, id: string): Promise<void> => {
  await shop.cancel(id)
  await waitUntil(async () => (await shop.order(id)).settled, { what: 'the end of the cancelled order' })
}

/** The steps of the workflow, once the second attempt to charge has failed. */
export const stuckWorkflow = async (shop: Shop): Promise<Table> => {
  const id = await placeStuck(shop)
  const { workflow, steps } = await waitUntil(
    async () => {
      const known = await shop.read<Steps>(`/orders/${id}/steps`)
      return known.steps.filter(({ name }) => name === 'charge').length > 1 && known
    },
    { what: 'a second attempt to charge' },
  )
  await end(shop, id)
  const began = steps[0]?.completedAtEpochMs ?? 0
  return {
    title: `Stuck, on DBOS: the steps of the workflow (status ${workflow.status})`,
    columns: ['step', 'result', 'completed after, s'],
    textColumns: 2,
    rows: steps.map(({ name, output, completedAtEpochMs }) => [
      name,
      name === 'DBOS.sleep' ? 'wakes at a time' : String(output ?? '–'),
      completedAtEpochMs === undefined ? '–' : ((completedAtEpochMs - began) / 1_000).toFixed(1),
    ]),
  }
}

/** The diagnosis of the order, at the same moment. The system needs `STUCK_AFTER` of a second or less. */
export const stuckChoreography = async (shop: Shop): Promise<Table> => {
  const id = await placeStuck(shop)
  const order = await waitUntil(
    async () => {
      const { items } = await shop.read<Diagnoses>('/orders?stuck=true')
      return items.find((item) => item.id === id && (item.diagnoses?.[0]?.where.attempts ?? 0) > 1)
    },
    { what: 'the diagnosis of the second attempt to charge' },
  )
  await end(shop, id)
  return {
    title: `Stuck, in Quadrille: the diagnosis of the order (status ${order.status})`,
    columns: ['waits for', 'owed by', 'place', 'queue', 'task', 'attempts'],
    textColumns: 5,
    rows: (order.diagnoses ?? []).map(({ missing, owedBy, where }) => [
      missing.join(' or '),
      owedBy,
      ...[where.place, where.queue ?? '–', where.type ?? '–', String(where.attempts ?? '–')],
    ]),
  }
}
