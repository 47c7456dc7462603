/** Finishes the transactions that a coordinator has left prepared: it was killed, or a database was away. */
import { orders, type Participant, participants } from './participants.ts'

/** How often it looks for them. */
const everyMs = 250

/**
 * Repeats until `stop`. All coordinators recover the transactions of all. That is safe at any time, also while the coordinator of a
 * transaction still works on it, because `outcomeOf` decides.
 * @param afterMs - how long transactions are left to their coordinator
 */
export const startRecovery = (afterMs: number): { stop(): Promise<void> } => {
  let timer: NodeJS.Timeout | undefined
  let current = Promise.resolve()
  const turn = async (): Promise<void> => {
    await Promise.all(participants.map((one) => recover(one, afterMs).catch((error) => console.error(error))))
    timer = setTimeout(begin, everyMs)
  }
  const begin = () => {
    current = turn()
  }
  begin()
  return {
    stop: async () => {
      await current
      clearTimeout(timer)
    },
  }
}

const recover = async ({ recovery }: Participant, afterMs: number): Promise<void> => {
  const { rows } = await recovery.query<{ gid: string }>(
    `select gid from pg_prepared_xacts
     where database = current_database() and prepared < clock_timestamp() - $1 * interval '1 ms'`,
    [afterMs],
  )
  for (const { gid } of rows) {
    const [, orderId = ''] = gid.split(':')
    const commits = await outcomeOf(orderId)
    await recovery.query(`${commits ? 'commit' : 'rollback'} prepared '${gid}'`)
  }
}

/**
 * Whether the transaction of the order commits. Without a decision, this decides against it, so that a coordinator that is only
 * slow can't commit later. It waits for a decision that is being stored at this moment.
 */
export const outcomeOf = async (orderId: string): Promise<boolean> => {
  await orders.recovery.query('insert into decision (order_id, commits) values ($1, false) on conflict do nothing', [
    orderId,
  ])
  const { rows } = await orders.recovery.query<{ commits: boolean }>(
    'select commits from decision where order_id = $1',
    [orderId],
  )
  return rows[0]?.commits ?? false
}
